import { AppError } from '@etcdmonitor/core/errors'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import type { MemberRef, StoredMember } from '@etcdmonitor/core/ports/metrics-store'
import type { Membership } from './membership.ts'

/**
 * The member that a request names; undefined when it names the default one and none is known yet. Known is who is listed now or has
 * history: an id with history in several clusters means the present one, else that with the newest.
 * @throws AppError `member_not_found`; `storage_unavailable` when only the store could tell and does not answer
 */
export function findMember(membership: Membership, id: MemberId | 'default'): MemberRef | undefined {
  const { clusterId, current, defaultId, stored, storeError } = membership
  const wanted = id === 'default' ? defaultId : id
  if (wanted === '') return undefined
  if (current.some((member) => member.id === wanted)) return { clusterId, memberId: wanted }
  const found = newestOf(
    stored.filter(({ member }) => member.memberId === wanted),
    clusterId,
  )
  if (found) return found.member
  throw storeError ?? new AppError('member_not_found', 'no member of this id is listed or has history')
}

/** Every member with data in the window, once per id, in the order of their ids. */
export function membersWithData(
  { stored, clusterId }: Membership,
  window: { readonly from: number; readonly to: number },
): MemberRef[] {
  const inWindow = stored.filter(({ firstAt, newestAt }) => firstAt < window.to && newestAt >= window.from)
  const byId = Map.groupBy(inWindow, ({ member }) => member.memberId)
  return [...byId.values()]
    .flatMap((of) => newestOf(of, clusterId)?.member ?? [])
    .toSorted((a, b) => (BigInt(a.memberId) < BigInt(b.memberId) ? -1 : 1))
}

const newestOf = (of: readonly StoredMember[], clusterId: string): StoredMember | undefined =>
  of.find(({ member }) => member.clusterId === clusterId) ?? of.toSorted((a, b) => b.newestAt - a.newestAt)[0]
