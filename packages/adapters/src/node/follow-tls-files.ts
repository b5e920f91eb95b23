import { StartRefused } from '@etcdmonitor/core/errors'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { Clock } from '@etcdmonitor/core/time'
import { readTlsFiles, type TlsFiles } from './tls-files.ts'

const LOOK_EVERY = 15_000
const TELL_EVERY = 60_000

/** Whose files they are, and what the log calls what happens to them. */
const TOLD = {
  server: { renewed: 'tls_files_renewed', unusable: 'tls_files_unusable' },
  etcd: { renewed: 'etcd_tls_reloaded', unusable: 'etcd_tls_reload_failed' },
} as const

export interface TlsFilesDeps {
  readonly section: keyof typeof TOLD
  readonly keys: Parameters<typeof readTlsFiles>[0]
  /** What is in use. */
  readonly files: TlsFiles
  readonly renew: (files: TlsFiles) => void
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>
  readonly log: Log
}

/**
 * Puts replaced files to use within 15 s, until `signal` aborts. Files are read, not watched: events of mounted
 * secrets are not reliable. A replacement that cannot be used changes nothing and is told every minute.
 */
export async function followTlsFiles(deps: TlsFilesDeps, signal: AbortSignal): Promise<void> {
  const { clock, log } = deps
  let known = deps.files
  let toldAt = Number.NEGATIVE_INFINITY
  for (;;) {
    await clock.sleep(LOOK_EVERY, signal)
    if (signal.aborted) return
    const found = look(deps)
    if (typeof found === 'string') {
      if (clock.monotonic() - toldAt < TELL_EVERY) continue
      log.error(TOLD[deps.section].unusable, { message: found })
      toldAt = clock.monotonic()
    } else {
      if (!isSame(found, known)) takeOver(deps, found)
      known = found
      toldAt = Number.NEGATIVE_INFINITY
    }
  }
}

/** The files, or why they cannot be used. */
function look({ keys, section }: TlsFilesDeps): TlsFiles | string {
  try {
    return readTlsFiles(keys, section)
  } catch (error) {
    if (error instanceof StartRefused) return `${error.problems.join('; ')}. What was read before is used`
    throw error
  }
}

function takeOver({ renew, log, section }: TlsFilesDeps, files: TlsFiles): void {
  renew(files)
  log.info(TOLD[section].renewed)
}

const isSame = (one: TlsFiles, other: TlsFiles): boolean =>
  (['ca', 'cert', 'key'] as const).every((name) => String(one[name]) === String(other[name]))
