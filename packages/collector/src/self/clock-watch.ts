import type { Log } from '@etcdmonitor/core/ports/log'
import type { Clock } from '@etcdmonitor/core/time'
import { watchSteps } from '../watch-steps.ts'
import type { CollectorMeters } from './collector-meters.ts'

/**
 * Gives a function that is called once a tick and tells, as the event `clock_step`, when the wall clock was stepped since the call
 * before. `newestAt` is the newest tick that was stored: after a step back, ticks are held until then.
 */
export function watchClock({ clock, log, steps }: ClockWatchDeps) {
  const lastStep = watchSteps(clock)
  return (newestAt: number | undefined): void => {
    const step = lastStep()
    if (step === 0) return
    steps.add(step > 0 ? 'forward' : 'back')
    const isHeld = newestAt !== undefined && newestAt > clock.now()
    log.warn('clock_step', {
      by_ms: Math.round(step),
      ...(isHeld && { held_until: new Date(newestAt).toISOString() }),
    })
  }
}

export interface ClockWatchDeps {
  readonly clock: Clock
  readonly log: Log
  readonly steps: CollectorMeters['clockSteps']
}
