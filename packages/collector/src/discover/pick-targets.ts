import type { ClusterView } from '@etcdmonitor/core/etcd/cluster-view'
import type { KnownCluster } from './known-cluster.ts'

export interface Target {
  readonly memberId: string
  /** `""`: not known. */
  readonly name: string
}

/** Who is scraped. */
export interface Targets {
  readonly clusterId: string
  /** By id, ascending; at most 64. */
  readonly members: readonly Target[]
  /** Every id of the member list, members that have not started included. */
  readonly listed: readonly string[]
  /** Members of the list that have a vote. */
  readonly voters: number
}

const MAX_TARGETS = 64

/**
 * Members with a client URL, or reached through a configured endpoint. While the cluster's list has not been read, the members of the
 * last run stand in, for the same cluster or for one that nobody names. Undefined: no cluster id was ever seen.
 */
export function pickTargets(view: ClusterView, remembered: KnownCluster | undefined): Targets | undefined {
  const clusterId = view.clusterId ?? remembered?.clusterId
  if (clusterId === undefined) return undefined
  const standIns =
    view.listedAt === undefined && remembered?.clusterId === clusterId ? remembered.members : []
  const reachable = view.members.filter(
    ({ clientUrls, endpoint }) => clientUrls.length > 0 || endpoint !== '',
  )
  const names = new Map([
    ...standIns.map(({ memberId, name }) => [memberId, name] as const),
    ...reachable.map(({ id, name }) => [id, name] as const),
  ])
  const members = [...names]
    .map(([memberId, name]) => ({ memberId, name }))
    .sort((a, b) => compareIds(a.memberId, b.memberId))
  const listed = new Set([...view.members.map(({ id }) => id), ...names.keys()])
  const learners = view.members.filter(({ isLearner }) => isLearner).length
  return {
    clusterId,
    members: members.slice(0, MAX_TARGETS),
    listed: [...listed],
    voters: listed.size - learners,
  }
}

function compareIds(a: string, b: string): number {
  const [left, right] = [BigInt(a), BigInt(b)]
  return left < right ? -1 : left > right ? 1 : 0
}
