import type { Clock } from '@etcdmonitor/core/time'

export interface Loop {
  /** Gets the planned instant (Unix ms), a multiple of the interval. */
  readonly tick: (at: number, signal: AbortSignal) => Promise<void>
  /** Milliseconds. */
  readonly interval: number
  readonly clock: Clock
  readonly onError: (error: unknown, at: number) => void
  readonly onSkipped: (count: number) => void
}

/** A sleeping loop looks at the wall clock this often, because a timer does not follow its steps. */
const LOOK_AGAIN = 1_000

/**
 * Runs `tick` at every multiple of `interval` until `signal` aborts, then waits for the one in flight. Ticks never overlap and never
 * queue: instants that passed during a slow tick, and one that would start later than half an interval, are skipped and counted. A
 * tick that throws is reported, and the loop goes on. After a step of the wall clock the grid is that of its new time.
 */
export async function runEvery(
  { tick, interval, clock, ...report }: Loop,
  signal: AbortSignal,
): Promise<void> {
  let due = nextTick(clock.now(), interval)
  let planned = clock.monotonic()
  while (true) {
    due = await reach(due)
    if (signal.aborted) return
    const inTime = clock.now() <= due + interval / 2
    try {
      if (inTime) await tick(due, signal)
    } catch (error) {
      if (signal.aborted) return
      report.onError(error, due)
    }
    const next = nextTick(clock.now(), interval)
    const elapsed = clock.monotonic() - planned
    // a step of the wall clock passes over instants that never were: no more were skipped than time has passed
    const passed = Math.min((next - due) / interval, Math.max(1, Math.round(elapsed / interval)))
    const skipped = passed - (inTime ? 1 : 0)
    if (skipped > 0) report.onSkipped(skipped)
    due = next
    planned = clock.monotonic()
  }

  /** Waits until the wall clock reads `due`, or an earlier instant of the grid if it is set back meanwhile. */
  async function reach(instant: number): Promise<number> {
    let target = instant
    for (let now = clock.now(); now < target && !signal.aborted; now = clock.now()) {
      if (nextTick(now, interval) < target) target = Math.ceil(now / interval) * interval
      await clock.sleep(Math.min(target - now, LOOK_AGAIN), signal)
    }
    return target
  }
}

/** The first instant of the grid after `now`. */
export const nextTick = (now: number, interval: number): number => (Math.floor(now / interval) + 1) * interval
