import type { AuditOutcome } from '@etcdmonitor/core/audit/audit-event'
import { AppError } from '@etcdmonitor/core/errors'
import type { OperationLimits } from '@etcdmonitor/core/operations/operation-limits'
import type { Begun, EntryEnd, Step } from '@etcdmonitor/core/ports/run-store'
import { type Caller, toIntent } from '../../audit/audit-subject.ts'
import { goodEnd } from '../../audit/judge-end.ts'
import type { ApiDeps } from '../../deps.ts'
import type { Persist } from './persist.ts'
import type { RunHand, StepDone, StepPlan, StepWork } from './run-act.ts'
import { judgeRunEnd, stopped, toAppError } from './run-error.ts'

/** Somebody else owns the run, or will: this process writes and sends nothing more of it. */
export class RunLost extends Error {
  override name = 'RunLost'
  /** Of the change that was under way, which its own entry of the audit log does not tell. */
  readonly outcome: Omit<AuditOutcome, 'durationMs'> | undefined

  constructor(outcome?: RunLost['outcome']) {
    super('the run was taken over')
    this.outcome = outcome
  }
}

export interface HandDeps extends Pick<ApiDeps, 'audit' | 'clock'> {
  readonly runs: ApiDeps['state']['runs']
  readonly limits: Pick<OperationLimits, 'send'>
  readonly persist: Persist
  readonly stopping: AbortSignal
  readonly closing: AbortSignal
}

export interface OwnHand extends RunHand {
  /** ms that changes took so far. */
  changeMs(): number
}

/** The hand of one begun run; steps are written one after the other. */
export function createRunHand(
  { runs, audit, clock, limits, persist, stopping, closing }: HandDeps,
  { run, owner }: Begun,
  { caller, cancelled }: { readonly caller: Caller; readonly cancelled: AbortSignal },
): OwnHand {
  let steps = run.steps
  let next: readonly Step[] | undefined
  let changeMs = 0

  const mark = (index: number, state: Step['state']) => {
    steps = steps.map((step, i) => (i === index ? { ...step, state } : step))
  }

  async function begin(index: number, plan: StepPlan, opId: string): Promise<void> {
    const { before, entry } = plan
    const intent = entry && toIntent(opId, caller, { ...entry, runId: run.id, clusterId: run.clusterId })
    try {
      const isOurs = await runs.beginStep(owner, index, {
        ...(before && { before }),
        ...(intent && { intent }),
      })
      if (!isOurs) throw new RunLost()
      mark(index, 'running')
    } catch (error) {
      // it may be committed all the same: then it is told that nothing followed it
      if (error instanceof AppError) await end(index, error, { opId, plan, begun: clock.monotonic() })
      throw error
    }
  }

  /** Writes how the step ended. @throws RunLost */
  async function end(
    index: number,
    result: AppError | StepDone<unknown>,
    { opId, plan, begun }: { readonly opId: string; readonly plan: StepPlan; readonly begun: number },
  ): Promise<void> {
    const durationMs = Math.round(clock.monotonic() - begun)
    if (plan.isChange) changeMs += durationMs
    const isError = result instanceof AppError
    const verdict = isError ? judgeRunEnd(result) : goodEnd(result.detail)
    const state = isError ? toStepState(result) : (result.state ?? 'succeeded')
    const outcome: EntryEnd | undefined = plan.entry && { ...verdict, durationMs, opId }
    const following = next
    const isOurs = await persist(() =>
      runs.endStep(owner, index, {
        state,
        message: result.message,
        ...(outcome && { outcome }),
        ...(following && { next: following }),
      }),
    )
    if (!isOurs) {
      if (outcome) await audit.outcome(opId, outcome)
      throw new RunLost(plan.isChange && !plan.entry ? verdict : undefined)
    }
    mark(index, state)
    if (following) steps = [...steps.slice(0, index + 1), ...following]
    if (next === following) next = undefined
  }

  return {
    runId: run.id,
    clusterId: run.clusterId,
    stopping,
    closing,
    cancelled,
    changeMs: () => changeMs,
    isCancelled: async () =>
      cancelled.aborted || ((await persist(() => runs.get(run.id)))?.cancelRequested ?? false),

    async step(plan, work) {
      if (stopping.aborted) throw stopped()
      const index = steps.findIndex((step) => isPlanned(step, plan))
      if (index < 0) throw new Error(`the step ${plan.name} ${plan.memberId ?? ''} is not planned`)
      const opId = audit.newId()
      const from = { monotonic: clock.monotonic(), wall: clock.now() }
      await begin(index, plan, opId)
      const begun = clock.monotonic()
      const step: StepWork = {
        mayStillSend: () =>
          !stopping.aborted &&
          clock.monotonic() - from.monotonic < limits.send &&
          Math.abs(clock.now() - from.wall) < limits.send,
        async note(message) {
          if (!(await persist(() => runs.noteStep(owner, index, message)))) throw new RunLost()
        },
      }
      try {
        const done = await work(step)
        await end(index, done, { opId, plan, begun })
        return done.value
      } catch (error) {
        if (error instanceof RunLost) throw error
        if (closing.aborted) throw new RunLost() // nobody has seen how it ended
        const failure = toFailure(error)
        await end(index, failure, { opId, plan, begun })
        throw failure.code === 'internal' ? error : failure
      }
    },

    plan: (planned) => {
      next = planned
    },
    passed: () => steps.filter(({ state }) => state !== 'not_started').length,
    async progress(progress) {
      if (!(await persist(() => runs.progress(owner, progress)))) throw new RunLost()
    },
  }
}

const isPlanned = ({ name, memberId, state }: Step, plan: StepPlan): boolean =>
  state === 'not_started' && name === plan.name && memberId === (plan.memberId ?? '')

/** The port says `shutting_down` of a change that it was not allowed to send any more. */
function toFailure(error: unknown): AppError {
  const failure = toAppError(error)
  if (failure.code !== 'shutting_down' || 'run_code' in failure.details) return failure
  return stopped('nothing was sent: the process was stopped, or had slept too long')
}

const toStepState = (error: AppError): 'unknown' | 'failed' =>
  error.code === 'outcome_unknown' ? 'unknown' : 'failed'
