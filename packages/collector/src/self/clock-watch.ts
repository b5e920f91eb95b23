import type { Log } from '@etcdmonitor/core/ports/log'
import type { Clock } from '@etcdmonitor/core/time'

const STEP = 1_000

/**
 * Gives a function that is called once a tick and tells, as the event `clock_step`, when wall and monotonic clock are more than 1 s
 * further apart than at the call before. `newestAt` is the newest tick that was stored: after a step back, ticks are held until then.
 */
export function watchClock({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
  let apart = clock.now() - clock.monotonic()
  return (newestAt: number | undefined): void => {
    const now = clock.now()
    const step = now - clock.monotonic() - apart
    apart += step
    if (Math.abs(step) <= STEP) return
    const isHeld = newestAt !== undefined && newestAt > now
    log.warn('clock_step', {
      by_ms: Math.round(step),
      ...(isHeld && { held_until: new Date(newestAt).toISOString() }),
    })
  }
}
