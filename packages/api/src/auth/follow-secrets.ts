import { StartRefused } from '@etcdmonitor/core/errors'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { Clock } from '@etcdmonitor/core/time'
import { deriveKeyRing, type LiveKeyRing } from './key-ring.ts'

const LOOK_EVERY = 2_000
const TELL_EVERY = 60_000

type Secrets = readonly Uint8Array<ArrayBuffer>[]

export interface SecretsDeps {
  readonly keys: LiveKeyRing
  /** What `keys` was made of. */
  readonly secrets: Secrets
  /** For people. */
  readonly file: string
  /** @throws StartRefused when the file cannot be read */
  readonly read: () => Promise<Secrets>
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>
  readonly log: Log
}

/**
 * Takes over what the secret file holds within 2 s, until `signal` aborts (security.md 5). A file that cannot be used changes nothing
 * and is told every minute; one without a key orphans the ring, which goes on.
 */
export async function followSecrets(deps: SecretsDeps, signal: AbortSignal): Promise<void> {
  const { clock, log } = deps
  let known = deps.secrets
  let toldAt = Number.NEGATIVE_INFINITY
  for (;;) {
    await clock.sleep(LOOK_EVERY, signal)
    if (signal.aborted) return
    const found = await look(deps)
    if (typeof found !== 'string') {
      known = await takeOver(deps, { known, found })
      toldAt = Number.NEGATIVE_INFINITY
    } else if (clock.monotonic() - toldAt >= TELL_EVERY) {
      log.error('secret_file_unusable', { message: found })
      toldAt = clock.monotonic()
    }
  }
}

/** The keys, or why they cannot be taken over. */
async function look({ keys, file, read }: SecretsDeps): Promise<Secrets | string> {
  try {
    const found = await read()
    if (found.length > 0) return found
    keys.orphan()
    return `${file}: holds no key; the old key is still in use, put a new one in its place`
  } catch (error) {
    if (error instanceof StartRefused) return `${error.problems.join('; ')}. The keys are those read before`
    throw error
  }
}

async function takeOver(
  { keys, log }: SecretsDeps,
  { known, found }: { readonly known: Secrets; readonly found: Secrets },
): Promise<Secrets> {
  if (sameSecrets(known, found) && !keys.isOrphaned) return known
  keys.replace(await deriveKeyRing(found))
  log.info('secret_file_read', { keys: found.length, signing: keys.signing.kid })
  return found
}

const sameSecrets = (one: Secrets, other: Secrets): boolean => one.join('|') === other.join('|')
