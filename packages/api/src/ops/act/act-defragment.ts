import { AppError } from '@etcdmonitor/core/errors'
import { judgeGate } from '@etcdmonitor/core/operations/judge-gate'
import { nameOf } from '@etcdmonitor/core/operations/judge-voters'
import { listConditions } from '@etcdmonitor/core/operations/listed'
import type { DefragmentDeps, DefragmentPlan } from '../plan/defragment-plan.ts'
import { type MakePlan, refuseBlocked } from '../plan/operation-plan.ts'
import { planned, type RunAct, type RunHand } from '../run/run-act.ts'
import { preflight } from './act-parts.ts'
import { defragmentMember } from './defragment-member.ts'
import { withoutOwn } from './gate.ts'

export interface DefragmentResult {
  readonly [name: string]: unknown
  readonly message: 'defragment completed'
  readonly member_id: string
  readonly member_name: string
  readonly duration_ms: number
  readonly db_size_before: number
  readonly db_size_after: number
  readonly reclaimed_bytes: number
}

/** One member alone (operations.md 6). */
export function defragmentAct(
  deps: DefragmentDeps,
  {
    memberId,
    plan,
    make,
  }: { readonly memberId: string; readonly plan: DefragmentPlan; readonly make: MakePlan<DefragmentPlan> },
): RunAct<DefragmentResult> {
  const { clusterId, epoch, view } = plan.facts
  const member = view.members.find(({ id }) => id === memberId)
  if (!member) throw new Error('a plan without its member')
  const params = { member_id: memberId }
  return {
    operation: 'defragment',
    clusterId,
    target: nameOf(member),
    params,
    audited: params,
    steps: [planned('preflight'), planned('defragment', member), planned('verify', member)],
    async carryOut(hand) {
      const since = { clusterId, epoch }
      const found = await preflight(hand, deps, {
        make: () => make({ since, ownRun: hand.runId }),
        refuse: (one) => refuseBlocked(one, memberId),
      })
      const blockedSeconds = found.planned[0]?.blockedSeconds ?? 0
      try {
        const done = await defragmentMember(deps, hand, { member, isRolling: false, blockedSeconds })
        await verify(deps, hand, memberId)
        const sizes = { db_size_before: done.before, db_size_after: done.after }
        return {
          result: {
            ...{ message: 'defragment completed', member_id: memberId, member_name: member.name },
            ...{ duration_ms: done.durationMs, ...sizes, reclaimed_bytes: done.before - done.after },
          },
          detail: { before: done.before, after: done.after },
        }
      } catch (error) {
        if (error instanceof AppError && error.code === 'etcd_error') await verifyAfter(deps, hand, memberId)
        throw error
      }
    },
  }
}

/** It failed, and says so; how the cluster is belongs to that, and takes nothing from it where it cannot be asked any more. */
async function verifyAfter(deps: DefragmentDeps, hand: RunHand, memberId: string): Promise<void> {
  try {
    await verify(deps, hand, memberId)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
  }
}

/** Waits for the cluster to be well again, and does not insist. */
const verify = (deps: DefragmentDeps, hand: RunHand, memberId: string): Promise<void> =>
  hand.step({ name: 'verify', memberId }, async () => {
    const { clock, limits, readFacts } = deps
    const end = clock.monotonic() + limits.defragment.verify
    for (;;) {
      const facts = await readFacts({ ownRun: hand.runId })
      const conditions = judgeGate(withoutOwn(facts, [memberId]))
      if (conditions.length === 0) return { value: undefined, message: 'The cluster is healthy.' }
      if (clock.monotonic() >= end || hand.stopping.aborted)
        return { value: undefined, message: `The cluster is not healthy yet: ${listConditions(conditions)}.` }
      await clock.sleep(limits.gate.interval, hand.stopping)
    }
  })
