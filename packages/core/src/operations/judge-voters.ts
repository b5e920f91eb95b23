import type { ClusterView, MemberView } from '../etcd/cluster-view.ts'
import type { MemberId } from '../etcd/member.ts'
import { hasAnswered } from '../etcd/member-health.ts'

export interface VoterJudgement {
  readonly member: MemberView
  readonly isHealthy: boolean
  /** Why it is not, as a condition for people; `""` when it is healthy. */
  readonly reason: string
  /** Entries that it has not applied yet; absent when it did not say. */
  readonly lag?: number
}

/** All voters of the view, in its order (operations.md 5.1). Learners are left out. */
export const judgeVoters = (view: ClusterView, lagEntries: number): readonly VoterJudgement[] =>
  view.members.filter(({ isLearner }) => !isLearner).map((member) => judge(member, view, lagEntries))

function judge(member: MemberView, view: ClusterView, lagEntries: number): VoterJudgement {
  const name = nameOf(member)
  // a user without the right to ask proves that the member serves
  if (member.failure?.kind === 'permission_denied') return { member, isHealthy: true, reason: '' }
  if (!hasAnswered(member)) return { member, isHealthy: false, reason: `${name} does not answer` }
  const lag = lagOf(member, view)
  const known = lag === undefined ? {} : { lag }
  const sick = (reason: string): VoterJudgement => ({ member, isHealthy: false, reason, ...known })
  const { leaderId } = member.status
  if (leaderId === undefined) return sick(`${name} knows no leader`)
  if (leaderId !== view.leaderId) return sick(`${name} names another leader`)
  if (lag !== undefined && lag > lagEntries) return sick(`${name} is ${lag} entries behind`)
  return { member, isHealthy: true, reason: '', ...known }
}

/** Entries that the member has not applied of what the leader has; absent when one of the two did not say. */
export function lagOf(member: MemberView, { members, leaderId }: ClusterView): number | undefined {
  const leader = members.find(({ id }) => id === leaderId)
  if (!leader || !hasAnswered(leader) || !hasAnswered(member)) return undefined
  return Math.max(0, Number(BigInt(leader.status.raftIndex) - BigInt(member.status.raftAppliedIndex)))
}

export const quorumOf = (voters: number): number => Math.floor(voters / 2) + 1

const MAX_NAME = 128

/** For texts: a name comes from outside, so what would change the line it stands in, or its direction, is a blank. */
export const nameOf = ({ name, id }: { readonly name: string; readonly id: MemberId }): string =>
  name
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, MAX_NAME) || id
