import type { MemberView } from '../etcd/cluster-view.ts'
import type { MemberId } from '../etcd/member.ts'
import { reclaimable } from './defrag-advice.ts'

/** Smaller differences of what would be returned do not change the order. */
const STRIDE = 64 * 1024 ** 2

/** Followers first, by what they would return, then numerically by ID; the leader last (operations.md 7.1). */
export const orderMembers = (
  members: readonly MemberView[],
  leaderId: MemberId | undefined,
): readonly MemberView[] =>
  members.toSorted(
    (a, b) => Number(a.id === leaderId) - Number(b.id === leaderId) || strides(b) - strides(a) || byId(a, b),
  )

const strides = ({ status }: MemberView): number =>
  status ? Math.floor(reclaimable(status.dbSizeBytes, status.dbSizeInUseBytes) / STRIDE) : 0

const byId = (a: MemberView, b: MemberView): number => (BigInt(a.id) < BigInt(b.id) ? -1 : 1)
