import { AppError } from '@etcdmonitor/core/errors'
import type { OperationLimits } from '@etcdmonitor/core/operations/operation-limits'
import type { Begun, LockHolder, Run } from '@etcdmonitor/core/ports/run-store'
import { type Caller, toIntent } from '../../audit/audit-subject.ts'
import type { ApiDeps } from '../../deps.ts'
import { toSeconds } from '../../members/member-answer.ts'
import { createRunAdoption } from './adopt-runs.ts'
import { createAttendance } from './attendance.ts'
import { createExecuteRun } from './execute-run.ts'
import { createPersist } from './persist.ts'
import type { RunAct, RunEnded, RunResult } from './run-act.ts'
import { toAppError, withDetails } from './run-error.ts'
import type { SettleRun } from './settle-run.ts'

/** Steps that were sent may end within this after the process was asked to stop; downloads have more. */
const STOP_LIMIT = 10_000
const STOP_LIMIT_OF_DOWNLOADS = 40_000

export interface RunEngineDeps extends Pick<ApiDeps, 'state' | 'audit' | 'clock' | 'log'> {
  readonly limits: OperationLimits
  /** Others may be judged by this process (operations.md 3.3). */
  readonly mayJudge: () => boolean
  readonly settle: SettleRun
}

export interface LiveRun<R extends RunResult = RunResult> {
  /** As it began. */
  readonly run: Run
  /** Never rejects. */
  readonly ended: Promise<RunEnded<R>>
}

/**
 * Carries out operations, each as a run under the lock of its cluster (operations.md 4). Disposing begins no step any more, gives those
 * under way their time, and ends their runs as interrupted; what does not end in time is left to whoever takes it over.
 */
export interface RunEngine extends AsyncDisposable {
  /** @throws AppError `operation_in_progress`, `audit_unavailable`, `shutting_down`; nothing was done then */
  begin<R extends RunResult>(act: RunAct<R>, caller: Caller): Promise<LiveRun<R>>
  /** ms that requests may take that wait for runs which are under way, after the process was asked to stop. */
  stopLimit(): number
  /** Runs of which a cancel was asked for. Unknown ones are those of other processes. */
  cancel(runIds: readonly string[]): void
  /** Takes over runs whose process is dead, where this one may judge; each is settled beside that. */
  takeOver(): Promise<void>
  /** Settles those of the runs whose locks this process holds that were forgotten in it, by an error of ours or of the store. */
  takeBack(held: readonly string[]): Promise<void>
}

export function createRunEngine(deps: RunEngineDeps): RunEngine {
  const { state, audit, clock, log, mayJudge } = deps
  const { runs } = state
  const stopping = new AbortController()
  const closing = new AbortController()
  const attended = createAttendance()
  const shared = {
    ...deps,
    persist: createPersist(clock, closing.signal),
    stopping: stopping.signal,
    closing: closing.signal,
  }
  const execute = createExecuteRun(shared)
  const adoption = createRunAdoption({ ...shared, attended })
  const live = new Map<string, { readonly cancel: AbortController; readonly ended: Promise<unknown> }>()
  let downloads = 0
  let closed: Promise<void> | undefined

  async function tell(run: Run, from: number): Promise<void> {
    const ended = await runs.get(run.id).catch(() => undefined) // a line in the log is not worth waiting for
    log.info('run_ended', {
      run_id: run.id,
      operation: run.operation,
      state: ended?.state ?? 'unknown',
      duration_ms: Math.round(clock.monotonic() - from),
      cluster_id: run.clusterId,
      username: run.username,
    })
  }

  function start<R extends RunResult>(begun: Begun, act: RunAct<R>, caller: Caller): LiveRun<R> {
    const { run } = begun
    const cancel = new AbortController()
    const from = clock.monotonic()
    const isDownload = act.operation === 'snapshot'
    if (isDownload) downloads += 1
    const by = { caller, cancelled: cancel.signal }
    const ended = execute(begun, act, by).catch((error: unknown): RunEnded<never> => {
      log.error('run_abandoned', { run_id: run.id, error }) // a bug, or the store is away, and so is this process soon
      return { kind: 'failed', error: withDetails(toAppError(error), { run_id: run.id }) }
    })
    const over = ended.then(async () => {
      if (isDownload) downloads -= 1
      live.delete(run.id)
      attended.delete(run.id)
      await tell(run, from)
    })
    live.set(run.id, { cancel, ended: over })
    return { run, ended }
  }

  async function begin<R extends RunResult>(act: RunAct<R>, caller: Caller): Promise<LiveRun<R>> {
    if (stopping.signal.aborted) throw new AppError('shutting_down', 'this process is stopping')
    const id = audit.newId()
    const { operation, clusterId, target, params, audited, steps } = act
    const intent = toIntent(id, caller, { operation, target, params: audited, runId: id, clusterId })
    const account = { accountId: caller.userId ?? '', username: caller.username }
    const run = { id, operation, clusterId, ...account, params, steps, intent }
    attended.add(id) // a heartbeat may see its lock before we hear of it
    try {
      let begun = await runs.begin(run)
      if (begun.held && mayJudge()) {
        await adoption.takeOver()
        await adoption.untilSettled()
        begun = await runs.begin(run)
      }
      if (begun.held) throw inProgress(begun.by)
      return start(begun, act, caller)
    } catch (error) {
      attended.delete(id)
      if (error instanceof AppError && error.code === 'audit_unavailable') adoption.abandon(id, error)
      throw error
    }
  }

  async function close(): Promise<void> {
    stopping.abort()
    const limit = new AbortController()
    const all = Promise.all([...live.values()].map(({ ended }) => ended))
    await Promise.race([all, clock.sleep(stopLimit(), limit.signal)])
    limit.abort()
    closing.abort()
    await adoption.allSettled()
  }

  const stopLimit = () => (downloads > 0 ? STOP_LIMIT_OF_DOWNLOADS : STOP_LIMIT)

  return {
    begin,
    takeOver: adoption.takeOver,
    takeBack: adoption.takeBack,
    cancel(runIds) {
      for (const id of runIds) live.get(id)?.cancel.abort()
    },
    stopLimit,
    [Symbol.asyncDispose]: () => (closed ??= close()),
  }
}

export const inProgress = ({ id, operation, username, startedAt }: LockHolder): AppError =>
  new AppError('operation_in_progress', `${username} runs ${operation} on this cluster`, {
    details: { run_id: id, operation, username, started_at: toSeconds(startedAt) },
  })
