import type { ClusterView } from '../etcd/cluster-view.ts'
import type { MemberId } from '../etcd/member.ts'
import { hasAnswered } from '../etcd/member-health.ts'

export type TransferOutcome = 'moved' | 'not_moved' | 'undecided'

/**
 * Whether leadership went to the target: all voters that answer name it, itself among them. It did not only when every voter names one other:
 * a transfer may happen long after its call timed out (operations.md 10.2).
 */
export function judgeTransfer({ members }: Pick<ClusterView, 'members'>, target: MemberId): TransferOutcome {
  const voters = members.filter(({ isLearner }) => !isLearner)
  const answers = voters.filter(hasAnswered)
  const named = new Set(answers.map(({ status }) => status.leaderId))
  const [leader] = named
  if (named.size !== 1 || leader === undefined) return 'undecided'
  if (leader === target) return answers.some(({ id }) => id === target) ? 'moved' : 'undecided'
  return answers.length === voters.length ? 'not_moved' : 'undecided'
}
