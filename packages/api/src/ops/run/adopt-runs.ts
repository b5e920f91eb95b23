import { AppError } from '@etcdmonitor/core/errors'
import type { Begun, RunEnd } from '@etcdmonitor/core/ports/run-store'
import { judgeEnd } from '../../audit/judge-end.ts'
import type { ApiDeps } from '../../deps.ts'
import type { Attendance } from './attendance.ts'
import type { Persist } from './persist.ts'
import { toRunError } from './run-error.ts'
import type { LostBy, SettleRun } from './settle-run.ts'

const SETTLE_PATIENCE = 2_000
/** No transaction is committed so long after it was given up. */
const LATE_COMMIT = 60_000
const LOOK_AGAIN = 2_000

interface AdoptionDeps extends Pick<ApiDeps, 'state' | 'clock' | 'log'> {
  /** Others may be judged by this process (operations.md 3.3). */
  readonly mayJudge: () => boolean
  readonly settle: SettleRun
  readonly persist: Persist
  readonly stopping: AbortSignal
  readonly closing: AbortSignal
  /** Kept by whoever is busy with a run. */
  readonly attended: Attendance
}

/** What becomes of runs that nobody carries out any more: their running step is settled, their lock freed. */
export interface RunAdoption {
  /** Of processes that are dead. */
  takeOver(): Promise<void>
  /** Of those whose locks this process holds, whichever nobody in it attends to; left to the next call while a `takeOver` is under way. */
  takeBack(held: readonly string[]): Promise<void>
  /** One that was never begun as far as anybody heard: it may be committed all the same, after its time. */
  abandon(runId: string, error: AppError): void
  /** Waits a moment: most steps are settled at once, and a request waits no longer than that. */
  untilSettled(): Promise<void>
  /** All that is under way. */
  allSettled(): Promise<unknown>
}

export function createRunAdoption(deps: AdoptionDeps): RunAdoption {
  const { state, clock, log, mayJudge, persist, stopping, closing, attended } = deps
  const { runs } = state
  const settling = new Set<Promise<void>>()
  let takingOver = 0

  /** Busy with the run until `work` is done; never rejects. */
  function attend(runId: string, work: Promise<unknown>, event: string): void {
    attended.add(runId)
    const done = work
      .then(() => undefined)
      .catch((error: unknown) => log.error(event, { run_id: runId, error }))
      .finally(() => {
        settling.delete(done)
        attended.delete(runId)
      })
    settling.add(done)
  }

  const settle = (begun: Begun, why: LostBy) =>
    attend(begun.run.id, deps.settle(begun, { persist, signal: closing, why }), 'run_not_settled')

  /** Tries until there was something to finish, or there will be nothing any more. */
  async function finishLate(finish: () => Promise<boolean>): Promise<void> {
    const until = clock.monotonic() + LATE_COMMIT
    while (!(await persist(finish))) {
      if (closing.aborted || clock.monotonic() >= until) return
      await clock.sleep(LOOK_AGAIN, closing)
    }
  }

  async function takeBackOne(runId: string): Promise<void> {
    attended.add(runId)
    const begun = await runs
      .takeBack(runId)
      .catch((error: unknown) => {
        if (error instanceof AppError) throw error
        log.error('run_not_taken_back', { run_id: runId, error }) // that of others is looked at all the same
        return undefined
      })
      .finally(() => attended.delete(runId))
    if (!begun) return
    log.warn('run_taken_back', { run_id: runId, operation: begun.run.operation })
    settle(begun, 'run_let_go')
  }

  async function takeOverAll(): Promise<void> {
    while (mayJudge() && !stopping.aborted) {
      const begun = await runs.takeOver()
      if (!begun) return
      log.warn('run_taken_over', { run_id: begun.run.id, operation: begun.run.operation })
      settle(begun, 'run_interrupted')
    }
  }

  return {
    async takeOver() {
      takingOver += 1
      try {
        await takeOverAll()
      } finally {
        takingOver -= 1
      }
    },
    async takeBack(held) {
      for (const runId of held) {
        if (takingOver > 0 || stopping.aborted) return // a lock may be ours that takeOver has not heard of yet
        if (!attended.has(runId)) await takeBackOne(runId)
      }
    },
    abandon(runId, error) {
      const owner = { runId, instanceId: state.instances.id, generation: 1 }
      const outcome = { ...judgeEnd(error), opId: runId, durationMs: 0 }
      const end: RunEnd = { state: 'failed', error: toRunError(error), outcome }
      attend(
        runId,
        finishLate(() => runs.finish(owner, end)),
        'run_abandoned',
      )
    },
    async untilSettled() {
      const settled = new AbortController()
      await Promise.race([Promise.all(settling), clock.sleep(SETTLE_PATIENCE, settled.signal)])
      settled.abort()
    },
    allSettled: () => Promise.all(settling),
  }
}
