import { AppError } from '@etcdmonitor/core/errors'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { MetricsWriter } from '@etcdmonitor/core/ports/metrics-store'
import type { Clock } from '@etcdmonitor/core/time'
import { nextTick } from '../loop.ts'
import { watchSteadiness } from './steadiness.ts'

/** It begins this share of the interval after a tick, when most of that tick is stored. */
const BEGIN_SHARE = 1 / 4
/** No piece begins so shortly before the next tick, ms, at most half an interval. */
const RESERVE = 500

export interface HousekeepingDeps {
  readonly writer: Pick<MetricsWriter, 'maintain'>
  readonly clock: Clock
  readonly log: Log
  readonly settings: { readonly intervalMs: number }
  /** Gets bugs; it goes on. */
  readonly onError: (error: unknown) => void
}

/** Between ticks, piece after piece of the store's housekeeping as long as there is more; until `signal` aborts and the last one has ended. */
export async function keepHouseForEver(
  { writer, clock, log, settings, onError }: HousekeepingDeps,
  signal: AbortSignal,
): Promise<void> {
  const { intervalMs } = settings
  const reserve = Math.min(RESERVE, intervalMs / 2)
  const steadiness = watchSteadiness(clock)
  let isFailing = false

  const keepHouse = async (until: number) => {
    for (let more = true; more && !signal.aborted && clock.now() < until; )
      ({ more } = await writer.maintain({ now: clock.now(), steady: steadiness() }))
  }
  const round = async (until: number) => {
    try {
      await keepHouse(until)
      if (isFailing) log.info('housekeeping_recovered')
      isFailing = false
    } catch (error) {
      if (!(error instanceof AppError)) return onError(error)
      if (!isFailing) log.warn('housekeeping_failed', { error })
      isFailing = true
    }
  }

  while (!signal.aborted) {
    const lead = intervalMs * BEGIN_SHARE
    const tick = nextTick(clock.now() - lead, intervalMs)
    await clock.sleepUntil(tick + lead, signal)
    if (!signal.aborted) await round(tick + intervalMs - reserve)
  }
}
