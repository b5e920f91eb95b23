import { AppError } from '@etcdmonitor/core/errors'
import type { MemberView } from '@etcdmonitor/core/etcd/cluster-view'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import { hasAnswered } from '@etcdmonitor/core/etcd/member-health'
import { checkOperation } from '@etcdmonitor/core/operations/check-operation'
import { judgeVoters, nameOf, quorumOf } from '@etcdmonitor/core/operations/judge-voters'
import { sayOperation } from '@etcdmonitor/core/operations/messages'
import { type MakePlan, type OperationPlan, refuseBlocked } from '../plan/operation-plan.ts'
import { noSuchMember } from '../plan/operation-request.ts'
import type { FactsReader } from '../plan/read-facts.ts'
import { planned, type RunAct } from '../run/run-act.ts'
import { type ActDeps, preflight } from './act-parts.ts'
import { awaitTransfer, sendTransfer, type Transfer, wakeTarget } from './transfer.ts'

export interface MoveLeaderPlan extends OperationPlan {
  readonly target: MemberView
}

export interface MoveLeaderResult {
  readonly [name: string]: unknown
  readonly message: 'leader moved'
  readonly target_id: string
  readonly target_name: string
  readonly duration_ms: number
  readonly previous_leader_id: string
}

/** @throws AppError `member_not_found`, `not_a_voter`, `single_member`, `already_leader` */
export const makeMoveLeaderPlan =
  (readFacts: FactsReader, targetId: MemberId): MakePlan<MoveLeaderPlan> =>
  async (wanted) => {
    const facts = await readFacts(wanted)
    const { members, leaderId } = facts.view
    const target = members.find(({ id }) => id === targetId)
    if (!target) throw noSuchMember(targetId, facts)
    if (target.isLearner)
      throw new AppError('not_a_voter', `${nameOf(target)} is a learner: it cannot lead`, {
        details: { member_id: targetId },
      })
    if (members.filter(({ isLearner }) => !isLearner).length === 1)
      throw new AppError('single_member', `${nameOf(target)} is the only voter`)
    if (target.id === leaderId)
      throw new AppError('already_leader', `${nameOf(target)} is the leader already`)
    const step = {
      ...{ action: 'move_leader' as const, member_id: target.id, member_name: target.name },
      ...{
        role: 'follower' as const,
        note: `${nameOf(target)} leads afterwards; some writes may fail meanwhile`,
      },
      ...{ skipped: false, blocked_seconds: 0 },
    }
    return {
      ...checkOperation({ column: 'move_leader', memberIds: [targetId] }, facts),
      ...{ facts, target, steps: [step] },
    }
  }

/** Without a leader there is nobody to take leadership from. @throws AppError `no_quorum`, `health_gate_failed` */
export function refuseMove(plan: MoveLeaderPlan): void {
  const voters = judgeVoters(plan.facts.view, plan.facts.lagEntries)
  const answering = voters.filter(({ member }) => hasAnswered(member))
  const leaderless = plan.blockers.find(({ code }) => code === 'no_leader')
  if (leaderless) throw new AppError('no_quorum', leaderless.message)
  if (answering.length < quorumOf(voters.length))
    throw new AppError('no_quorum', `${answering.length} of ${voters.length} voters answer`)
  refuseBlocked(plan)
}

export function moveLeaderAct(
  deps: ActDeps,
  { plan, make }: { readonly plan: MoveLeaderPlan; readonly make: MakePlan<MoveLeaderPlan> },
): RunAct<MoveLeaderResult> {
  const { facts, target } = plan
  const { clusterId, epoch } = facts
  const previous = facts.view.leaderId ?? ''
  return {
    operation: 'move_leader',
    clusterId,
    target: nameOf(target),
    params: { target_member_id: target.id },
    audited: { target_member_id: target.id, previous_leader_id: previous, automatic: false },
    steps: [planned('preflight'), planned('move_leader', target), planned('verify')],
    async carryOut(hand) {
      const since = { clusterId, epoch }
      const refuse = refuseMove
      const { facts: now } = await preflight(hand, deps, {
        make: () => make({ since, ownRun: hand.runId }),
        refuse,
      })
      await wakeTarget(deps, target.id)
      const leader = now.view.members.find(({ id }) => id === now.view.leaderId) ?? { id: previous, name: '' }
      const transfer: Transfer = { from: leader, to: target }
      const before = { target_member_id: target.id, previous_leader_id: leader.id }
      const move = { name: 'move_leader', memberId: target.id, before, isChange: true } as const
      const sentAt = await hand.step(move, async (step) => ({
        value: await sendTransfer(deps, hand, { transfer, step }),
        message: `${nameOf(leader)} was asked to hand over to ${nameOf(target)}.`,
      }))
      const durationMs = await hand.step({ name: 'verify' }, async () => {
        const milliseconds = await awaitTransfer(deps, hand, { transfer, since: sentAt })
        const message = sayOperation('leader_moved', { target: nameOf(target), milliseconds })
        return { value: milliseconds, message }
      })
      return {
        result: {
          message: 'leader moved',
          target_id: target.id,
          target_name: target.name,
          duration_ms: durationMs,
          previous_leader_id: leader.id,
        },
        detail: { leader: nameOf(target) },
      }
    },
  }
}
