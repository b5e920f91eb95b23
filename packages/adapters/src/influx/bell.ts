import type { Clock } from '@etcdmonitor/core/time'

/** Wakes the one who waits, also when it was rung just before. */
export interface Bell {
  ring(): void
  /** Until it is rung, `ms` have passed, or `stop` aborts. */
  wait(ms: number, stop: AbortSignal): Promise<void>
}

const LONGEST = 60_000

export function createBell(clock: Pick<Clock, 'sleep'>): Bell {
  let rung = new AbortController()
  return {
    ring: () => rung.abort(),
    async wait(ms, stop) {
      await clock.sleep(Math.min(ms, LONGEST), AbortSignal.any([stop, rung.signal]))
      if (rung.signal.aborted) rung = new AbortController()
    },
  }
}
