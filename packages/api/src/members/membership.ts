import type { AppError } from '@etcdmonitor/core/errors'
import type { ClusterView, MemberView } from '@etcdmonitor/core/etcd/cluster-view'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import type { StoredMember } from '@etcdmonitor/core/ports/metrics-store'

/** A member as lists show it: of the view, of the store, or of both. */
export interface KnownMember {
  readonly id: MemberId
  readonly name: string
  readonly view?: MemberView
  readonly stored?: StoredMember
}

/** Who is there, and what the store knows beside them. */
export interface Membership {
  readonly view: ClusterView
  /** `""` when no cluster was ever seen. */
  readonly clusterId: string
  /** Sorted by name, then numerically by id. */
  readonly current: readonly KnownMember[]
  /** `""` when `current` is empty. */
  readonly defaultId: MemberId | ''
  /** Newest first; the last list that was read when the store does not answer. */
  readonly stored: readonly StoredMember[]
  /** Why the store did not answer. */
  readonly storeError?: AppError
}

/**
 * The members of the view; while no view was ever had, those the collector still writes for in the cluster with the newest history, so that
 * history is served while etcd is down. `interval` in ms.
 */
export function toMembership(
  view: ClusterView,
  stored: readonly StoredMember[],
  interval: number,
): Omit<Membership, 'storeError'> {
  const clusterId = view.clusterId ?? stored[0]?.member.clusterId ?? ''
  const own = stored.filter(({ member }) => member.clusterId === clusterId)
  const current = view.members.length > 0 ? ofView(view, own) : ofStore(own, interval)
  return { view, clusterId, current, defaultId: defaultOf(current), stored }
}

const ofView = ({ members }: ClusterView, stored: readonly StoredMember[]): KnownMember[] =>
  members.map((view) => {
    const found = stored.find(({ member }) => member.memberId === view.id)
    return { id: view.id, name: view.name, view, ...(found && { stored: found }) }
  })

/** A removed member gets no ticks any more; a silent one does, with `collector_up` 0. */
function ofStore(stored: readonly StoredMember[], interval: number): KnownMember[] {
  const newestAt = Math.max(0, ...stored.map((one) => one.newestAt))
  return stored
    .filter((one) => newestAt - one.newestAt <= 3 * interval)
    .map((one) => ({ id: one.member.memberId, name: one.info?.name ?? '', stored: one }))
    .toSorted((a, b) => compareText(a.name, b.name) || Number(BigInt(a.id) - BigInt(b.id)))
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The member matched to the first configured endpoint, else the first listed (api.md 1.7). */
const defaultOf = (current: readonly KnownMember[]): MemberId | '' =>
  (current.find(({ view }) => view?.configuredIndex === 0) ?? current[0])?.id ?? ''
