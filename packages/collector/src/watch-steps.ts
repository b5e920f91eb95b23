import type { Clock } from '@etcdmonitor/core/time'

/** Less is the slow correction of a clock. */
const STEP = 1_000

/** Gives a function that says by how many ms the wall clock was stepped since its last call; 0: it went like the monotonic one, within 1 s. */
export function watchSteps(clock: Pick<Clock, 'now' | 'monotonic'>): () => number {
  let apart = clock.now() - clock.monotonic()
  return () => {
    const step = clock.now() - clock.monotonic() - apart
    apart += step
    return Math.abs(step) > STEP ? step : 0
  }
}
