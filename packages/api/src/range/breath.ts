import type { Clock } from '@etcdmonitor/core/time'

/** Longest piece of work between two chances for other requests, ms; the work between two calls comes on top. */
const MAX_PIECE = 5

/** To be called between pieces of work: lets others run when the last pause was some time ago. @throws `signal.reason` */
export function createBreath(
  clock: Pick<Clock, 'monotonic' | 'turn'>,
  signal: AbortSignal,
): () => Promise<void> {
  let since = clock.monotonic()
  return async () => {
    signal.throwIfAborted()
    if (clock.monotonic() - since < MAX_PIECE) return
    await clock.turn()
    signal.throwIfAborted()
    since = clock.monotonic()
  }
}
