import { formatId } from '@etcdmonitor/core/format/format-id'
import type { MemberAnswer } from '../../../api/answers.ts'
import { memberName } from '../../shell/health-model.ts'

/** `etcd-1 (8e9e05c52164694d)`: a confirmation names both. */
export const nameAndId = (id: string, members: readonly MemberAnswer[]): string => {
  const name = memberName(id, members)
  return name === formatId(id) ? name : `${name} (${formatId(id)})`
}

/** What a defragmentation could return, bytes; undefined: not known. */
export function reclaimable({ db_size: size, db_size_in_use: used }: MemberAnswer): number | undefined {
  return size === null || used === null ? undefined : Math.max(0, size - used)
}

/** A healthy follower before the leader, the most advanced one first. */
export function proposeForSnapshot(members: readonly MemberAnswer[]): MemberAnswer | undefined {
  const index = ({ raft_index }: MemberAnswer) => BigInt(raft_index ?? 0)
  const healthy = members.filter(({ status, is_learner }) => status === 'healthy' && !is_learner)
  const followers = healthy.filter(({ is_leader }) => !is_leader)
  const sorted = followers.toSorted((one, other) => {
    const [a, b] = [index(one), index(other)]
    return a > b ? -1 : a < b ? 1 : 0
  })
  return sorted[0] ?? healthy[0] ?? members[0]
}
