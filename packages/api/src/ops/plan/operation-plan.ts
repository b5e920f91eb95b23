import { AppError } from '@etcdmonitor/core/errors'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import type { Check, CheckCode, Checks } from '@etcdmonitor/core/operations/check-codes'
import { listFindings } from '@etcdmonitor/core/operations/listed'
import type { OperationLimits } from '@etcdmonitor/core/operations/operation-limits'
import type { Clock } from '@etcdmonitor/core/time'
import type { KeyRing } from '../../auth/key-ring.ts'
import { type PlanStepAnswer, toCheckAnswer } from './plan-answer.ts'
import { type PlanBinding, toPlanToken } from './plan-token.ts'
import type { FactsWanted, ReadFacts } from './read-facts.ts'

/** What an operation would do now, and what stands in its way. */
export interface OperationPlan extends Checks {
  readonly facts: ReadFacts
  readonly steps: readonly PlanStepAnswer[]
  /** Of a rolling defragmentation. */
  readonly movesLeader?: boolean
}

export interface PlanWanted extends Pick<FactsWanted, 'since' | 'ownRun'> {
  /** What the plan that was agreed to had decided. */
  readonly movesLeader?: boolean | undefined
}

export type MakePlan<P extends OperationPlan> = (wanted: PlanWanted) => Promise<P>

/** Waiting cures none of these. */
const LASTING: ReadonlySet<CheckCode> = new Set([
  'operation_in_progress',
  'not_a_voter',
  'known_bad_version',
  'alarm_corrupt',
  'quota_still_exceeded',
  'corrupt_not_cleared',
  'corrupt_active',
])

export interface Patience {
  readonly clock: Pick<Clock, 'sleep'>
  readonly limits: Pick<OperationLimits, 'rounds' | 'roundPause'>
}

/** A condition has to hold in every round to block (operations.md 5.1). */
export async function planPatiently<P extends OperationPlan>(
  make: () => Promise<P>,
  { clock, limits }: Patience,
): Promise<P> {
  const never = new AbortController().signal
  let plan = await make()
  let held: readonly Check[] = plan.blockers
  for (let round = 1; round < limits.rounds && mayPass(plan); round += 1) {
    await clock.sleep(limits.roundPause, never)
    plan = await make()
    held = plan.blockers.filter((one) => blocksAtOnce(one) || held.some((other) => isSame(one, other)))
  }
  return { ...plan, blockers: held }
}

/** Seen once is enough: what would be touched may not be what was looked at. */
const blocksAtOnce = ({ code }: Check): boolean => LASTING.has(code) || code === 'cluster_changed'

const mayPass = ({ blockers }: Checks): boolean =>
  blockers.length > 0 && !blockers.some(({ code }) => LASTING.has(code))

const isSame = (one: Check, other: Check): boolean =>
  one.code === other.code && one.memberId === other.memberId

/** `named`: the request is about this member alone, so its silence is the answer. @throws AppError `health_gate_failed`, `member_unreachable` */
export function refuseBlocked({ blockers, facts }: OperationPlan, named?: MemberId): void {
  const found = blockers.filter(({ code }) => code !== 'operation_in_progress') // the lock says it itself
  const [first] = found
  if (!first) return
  const silent = found.find(({ code, memberId }) => code === 'member_unreachable' && memberId === named)
  const isOther = first.code === 'cluster_changed' // then it is no wonder that the member does not answer
  if (!isOther && named !== undefined && silent) {
    const stage = facts.view.members.find(({ id }) => id === named)?.failure?.stage ?? 'tcp'
    throw new AppError('member_unreachable', silent.message, { details: { member_id: named, stage } })
  }
  throw new AppError('health_gate_failed', first.message, { details: { blockers: found.map(toCheckAnswer) } })
}

/** `params`: the request without `dry_run` and `plan_token`. */
export const toBinding = (
  operation: string,
  params: unknown,
  { facts: { view, clusterId, epoch }, steps }: OperationPlan,
): PlanBinding => {
  const idsOf = (isLearner: boolean) =>
    view.members
      .filter((member) => member.isLearner === isLearner)
      .map(({ id }) => id)
      .toSorted()
  return {
    ...{ operation, params, clusterId, epoch },
    voters: idsOf(false),
    learners: idsOf(true),
    leaderId: view.leaderId ?? '',
    steps: steps.map(({ action, member_id }) => [action, member_id]),
  }
}

export async function toPlanAnswer(
  plan: OperationPlan,
  { binding, keys, now }: { readonly binding: PlanBinding; readonly keys: KeyRing; readonly now: number },
) {
  const { movesLeader } = plan
  return {
    dry_run: true as const,
    allowed: plan.blockers.length === 0,
    blockers: plan.blockers.map(toCheckAnswer),
    warnings: plan.warnings.map(toCheckAnswer),
    steps: [...plan.steps],
    plan_token: await toPlanToken(binding, { keys, now, movesLeader }),
  }
}

/** What a preflight step says: nothing, or what is to be known. */
export const describeWarnings = ({ warnings }: Checks): string =>
  listFindings(warnings.map(({ message }) => message)) || 'Nothing stands in the way.'
