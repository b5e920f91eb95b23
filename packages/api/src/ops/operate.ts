import { AppError } from '@etcdmonitor/core/errors'
import type { OperationLimits } from '@etcdmonitor/core/operations/operation-limits'
import type { Operation, Run } from '@etcdmonitor/core/ports/run-store'
import type { Context } from 'hono'
import type { AuditedAct } from '../audit/audit-subject.ts'
import { callerOf, withRefusals } from '../audit/audited.ts'
import type { ApiDeps } from '../deps.ts'
import type { ApiEnv } from '../http/api-env.ts'
import {
  type MakePlan,
  type OperationPlan,
  planPatiently,
  refuseBlocked,
  toBinding,
  toPlanAnswer,
} from './plan/operation-plan.ts'
import { isSamePlan, readPlanToken, toPlanToken } from './plan/plan-token.ts'
import type { RunAct, RunResult } from './run/run-act.ts'
import type { LiveRun, RunEngine } from './run/run-engine.ts'

export interface OperateDeps extends Pick<ApiDeps, 'clock' | 'keys'> {
  readonly engine: RunEngine
  readonly limits: OperationLimits
}

export interface PlannedOperation<P extends OperationPlan, R extends RunResult> {
  readonly operation: Operation
  readonly target: string
  /** As requested, without `dry_run` and `plan_token`. */
  readonly params: Readonly<Record<string, unknown>>
  readonly body: { readonly dry_run: boolean; readonly plan_token?: string | undefined }
  /** Seconds. */
  readonly wait: number
  readonly makePlan: MakePlan<P>
  /** What refuses the act beside blockers, or instead of them. @throws AppError */
  readonly refuse: (plan: P) => void
  readonly toAct: (plan: P) => RunAct<R>
}

export type OperationAnswer<R> =
  | { readonly kind: 'plan'; readonly answer: Awaited<ReturnType<typeof toPlanAnswer>> }
  | { readonly kind: 'done'; readonly answer: R & { readonly run_id: string }; readonly run: Run }
  | { readonly kind: 'accepted'; readonly run: Run }

/** From a request with a plan to its answer (operations.md 4.1). @throws AppError that the run failed with */
export async function operate<P extends OperationPlan, R extends RunResult>(
  c: Context<ApiEnv>,
  deps: OperateDeps,
  asked: PlannedOperation<P, R>,
): Promise<OperationAnswer<R>> {
  const { clock, keys, limits, engine } = deps
  const { operation, target, params, body, makePlan } = asked
  const from = clock.monotonic()
  const token = body.plan_token === undefined ? undefined : await readPlanToken(body.plan_token, keys)
  const ticket = token === 'outdated' ? undefined : token
  const wanted = {
    ...(ticket && { since: { clusterId: ticket.clusterId, epoch: ticket.epoch } }),
    movesLeader: ticket?.movesLeader,
  }
  const bindingOf = (plan: P) => toBinding(operation, params, plan)
  if (body.dry_run) {
    const plan = await planPatiently(() => makePlan({}), deps)
    return {
      kind: 'plan',
      answer: await toPlanAnswer(plan, { binding: bindingOf(plan), keys, now: clock.now() }),
    }
  }
  const what: AuditedAct = { operation, target, params }
  const act = await withRefusals(c, what, async () => {
    const plan = await planPatiently(() => makePlan(wanted), deps)
    const binding = bindingOf(plan)
    const now = clock.now()
    const isAgreed = ticket ? await isSamePlan(ticket, binding, { now, maxAge: limits.planAge }) : !token
    if (!isAgreed) {
      const details = { plan_token: await toPlanToken(binding, { keys, now, movesLeader: plan.movesLeader }) }
      const message = 'the cluster or the plan is not what it was when the plan was shown'
      throw new AppError('plan_changed', message, { details })
    }
    asked.refuse(plan)
    refuseBlocked(plan)
    return asked.toAct(plan)
  })
  const live = await beginOrRefuse(c, engine, { what, act })
  return answerOf(deps, live, from + asked.wait * 1_000)
}

/** A lock that is held refuses, as blockers do. */
export async function beginOrRefuse<R extends RunResult>(
  c: Context<ApiEnv>,
  engine: RunEngine,
  { what, act }: { readonly what: AuditedAct; readonly act: RunAct<R> },
): Promise<LiveRun<R>> {
  try {
    const live = await engine.begin(act, callerOf(c))
    c.header('x-run-id', live.run.id)
    return live
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'operation_in_progress') throw error
    return withRefusals(c, what, () => Promise.reject(error))
  }
}

/** What the run has to say at the monotonic instant `until`. */
export async function answerOf<R extends RunResult>(
  { clock }: Pick<OperateDeps, 'clock'>,
  { run, ended }: LiveRun<R>,
  until: number,
): Promise<Exclude<OperationAnswer<R>, { readonly kind: 'plan' }>> {
  const answered = new AbortController()
  const late = clock.sleep(Math.max(0, until - clock.monotonic()), answered.signal)
  const end = await Promise.race([ended, late])
  answered.abort()
  if (!end) return { kind: 'accepted', run }
  if (end.kind === 'failed') throw end.error
  if (end.kind === 'cancelled') return { kind: 'accepted', run: end.run }
  return { kind: 'done', answer: { ...end.result, run_id: run.id }, run }
}
