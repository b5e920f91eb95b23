import { AppError } from '@etcdmonitor/core/errors'
import type { Clock } from '@etcdmonitor/core/time'
import type { ApiDeps } from './deps.ts'

const EVERY = 60_000
/** Between two pieces, ms: a piece is done without a break, and requests wait for it. */
const PAUSE = 50

export interface SweepDeps extends Pick<ApiDeps, 'log'> {
  readonly state: Pick<ApiDeps['state'], 'maintain'>
  readonly clock: Pick<Clock, 'sleep'>
}

/** At once and every minute, piece after piece of the state's sweep as long as there is more; until `signal` aborts. */
export async function sweepStateForEver(
  { state, clock, log }: SweepDeps,
  signal: AbortSignal,
): Promise<void> {
  let isFailing = false
  while (!signal.aborted) {
    let more = false
    try {
      ;({ more } = await state.maintain())
      if (isFailing) log.info('state_sweep_recovered')
      isFailing = false
    } catch (error) {
      if (!(error instanceof AppError)) log.error('state_sweep_failed', { error })
      else if (!isFailing) log.warn('state_sweep_failed', { error })
      isFailing = true
    }
    await clock.sleep(more ? PAUSE : EVERY, signal)
  }
}
