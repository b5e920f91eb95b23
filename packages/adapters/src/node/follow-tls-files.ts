import { StartRefused } from '@etcdmonitor/core/errors'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { Clock } from '@etcdmonitor/core/time'
import { readTlsFiles, type TlsFiles } from './tls-files.ts'

const LOOK_EVERY = 15_000
const TELL_EVERY = 60_000

export interface TlsFilesDeps {
  readonly keys: Parameters<typeof readTlsFiles>[0]
  /** What is in use. */
  readonly files: TlsFiles
  readonly renew: (files: TlsFiles) => void
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>
  readonly log: Log
}

/**
 * Puts a replaced certificate of the server to use within 15 s, until `signal` aborts. Files are read, not watched: events of mounted
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
      log.error('tls_files_unusable', { message: found })
      toldAt = clock.monotonic()
    } else {
      if (!isSame(found, known)) takeOver(deps, found)
      known = found
      toldAt = Number.NEGATIVE_INFINITY
    }
  }
}

/** The files, or why they cannot be used. */
function look({ keys }: TlsFilesDeps): TlsFiles | string {
  try {
    return readTlsFiles(keys, 'server')
  } catch (error) {
    if (error instanceof StartRefused)
      return `${error.problems.join('; ')}. The certificate is the one before`
    throw error
  }
}

function takeOver({ renew, log }: TlsFilesDeps, files: TlsFiles): void {
  renew(files)
  log.info('tls_files_renewed')
}

const isSame = (one: TlsFiles, other: TlsFiles): boolean =>
  String(one.cert) === String(other.cert) && String(one.key) === String(other.key)
