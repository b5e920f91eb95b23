import type { Clock } from '@etcdmonitor/core/time'

const STEP = 1_000

/** Gives a function that says for how long, ms, the wall clock has gone like the monotonic one: since now, or since it was last stepped. */
export function watchSteadiness(clock: Pick<Clock, 'now' | 'monotonic'>): () => number {
  let apart = clock.now() - clock.monotonic()
  let since = clock.monotonic()
  return () => {
    const now = clock.now() - clock.monotonic()
    if (Math.abs(now - apart) > STEP) since = clock.monotonic()
    apart = now
    return clock.monotonic() - since
  }
}
