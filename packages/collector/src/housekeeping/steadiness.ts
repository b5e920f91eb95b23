import type { Clock } from '@etcdmonitor/core/time'
import { watchSteps } from '../watch-steps.ts'

/** Gives a function that says for how long, ms, the wall clock has gone like the monotonic one: since now, or since it was last stepped. */
export function watchSteadiness(clock: Pick<Clock, 'now' | 'monotonic'>): () => number {
  const lastStep = watchSteps(clock)
  let since = clock.monotonic()
  return () => {
    if (lastStep() !== 0) since = clock.monotonic()
    return clock.monotonic() - since
  }
}
