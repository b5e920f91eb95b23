import { AppError } from '@etcdmonitor/core/errors'
import type { OperationLimits } from '@etcdmonitor/core/operations/operation-limits'
import type { Begun, Run, RunEnd } from '@etcdmonitor/core/ports/run-store'
import type { Caller } from '../../audit/audit-subject.ts'
import { cancelledEnd, goodEnd } from '../../audit/judge-end.ts'
import type { ApiDeps } from '../../deps.ts'
import type { Persist } from './persist.ts'
import type { RunAct, RunDone, RunEnded, RunResult } from './run-act.ts'
import { judgeRunEnd, stateOfError, toAppError, toRunError, withDetails } from './run-error.ts'
import { createRunHand, RunLost } from './run-hand.ts'

interface ExecuteDeps extends Pick<ApiDeps, 'state' | 'audit' | 'clock' | 'log'> {
  readonly limits: OperationLimits
  readonly persist: Persist
  readonly stopping: AbortSignal
  readonly closing: AbortSignal
}

/** Carries out what an act does for a run that has begun, and writes how it ended. Rejects where that could not be written. */
export type ExecuteRun = <R extends RunResult>(
  begun: Begun,
  act: RunAct<R>,
  by: { readonly caller: Caller; readonly cancelled: AbortSignal },
) => Promise<RunEnded<R>>

export function createExecuteRun(deps: ExecuteDeps): ExecuteRun {
  const { state, audit, clock, log, persist, stopping } = deps
  const { runs } = state

  /** How the run is to end, and what whoever waits is told. @throws RunLost */
  async function conclude<R extends RunResult>(
    run: Run,
    acting: Promise<RunDone<R>>,
    took: () => number,
  ): Promise<{ readonly end: RunEnd; readonly ended: RunEnded<R> | 'cancelled' }> {
    try {
      const { result, detail, isCancelled, message } = await acting
      const outcome = { ...(isCancelled ? cancelledEnd : goodEnd)(detail), opId: run.id, durationMs: took() }
      const end = {
        state: isCancelled ? 'cancelled' : 'succeeded',
        result: message === undefined ? result : { ...result, message },
        outcome,
      } as const
      return { end, ended: isCancelled ? 'cancelled' : { kind: 'done', result } }
    } catch (error) {
      if (error instanceof RunLost) throw error
      const failure = toAppError(error)
      if (failure.code === 'internal') log.error('run_failed', { run_id: run.id, error })
      const outcome = { ...judgeRunEnd(failure), opId: run.id, durationMs: took() }
      const { members } = failure.details
      const end = {
        state: stateOfError(failure, stopping.aborted),
        error: toRunError(failure),
        ...(members !== undefined && { result: { members } }), // as whoever waits is told
        outcome,
      }
      const told = withDetails(failure, { run_id: run.id, duration_ms: took() })
      return { end, ended: { kind: 'failed', error: told } }
    }
  }

  /** Somebody took the run over while this process slept, or will when it has gone; what it knows better goes into the audit log. */
  async function lose(run: Run, { outcome }: RunLost, durationMs: number): Promise<RunEnded<never>> {
    log.warn('run_lost', { run_id: run.id, operation: run.operation })
    if (outcome) await audit.outcome(run.id, { ...outcome, durationMs })
    const error = new AppError('outcome_unknown', 'another process takes the run over', {
      details: { run_id: run.id },
    })
    return { kind: 'failed', error }
  }

  return async (begun, act, by) => {
    const { run, owner } = begun
    const hand = createRunHand({ ...deps, runs }, begun, by)
    const from = clock.monotonic()
    const took = () => hand.changeMs() || Math.round(clock.monotonic() - from)
    try {
      const { end, ended } = await conclude(run, act.carryOut(hand), took)
      const isOurs = await persist(() => runs.finish(owner, end))
      if (!isOurs) throw new RunLost(end.outcome)
      return ended === 'cancelled' ? { kind: ended, run: (await runs.get(run.id)) ?? run } : ended
    } catch (error) {
      if (error instanceof RunLost) return await lose(run, error, took())
      throw error
    }
  }
}
