import { type ClusterRecord, emptyRecord, type UrlRecord } from './cluster-record.ts'
import { type DataWatch, watchData } from './data-reset.ts'
import type { ClusterId } from './member.ts'
import { reachingUrl } from './member-urls.ts'

/**
 * A round of probes has ended: whether other data lies under the same ids is judged anew. Another cluster that the round names as the one
 * before did is adopted, and everything known of the old one is forgotten (etcd.md 6.4, 6.5).
 */
export function withRound(record: ClusterRecord, probedAt: number): ClusterRecord {
  const { claim: before, ...known } = record
  const rest = { ...known, data: watchRound(record, probedAt) }
  const claim = claimOf(record)
  if (claim === undefined) return { ...rest, probedAt }
  if (claim === before) return { ...emptyRecord(record.configured), clusterId: claim, probedAt }
  return { ...rest, probedAt, claim }
}

/**
 * The other cluster that every configured endpoint names which answers. One of them must have spoken for ours: an endpoint that never did
 * is only in the wrong list, and takes nothing over while the right ones are down.
 */
function claimOf({ configured, urls }: ClusterRecord): ClusterId | undefined {
  const answering = configured.flatMap((url) => urls.get(url) ?? []).filter(isAnswering)
  const others = new Set(answering.map(({ otherCluster }) => otherCluster))
  const wasOurs = answering.some(({ memberId }) => memberId !== undefined)
  return others.size === 1 && wasOurs ? answering[0]?.otherCluster : undefined
}

/** Of the members that answered their newest probe. */
function watchRound(record: ClusterRecord, at: number): DataWatch {
  const { members = [], statuses, urls, data = {} } = record
  const answering = members.filter((member) => {
    const seen = urls.get(reachingUrl(record, member))
    return seen !== undefined && seen.failure === undefined
  })
  return watchData(data, {
    at,
    statuses: answering.flatMap(({ id }) => statuses.get(id) ?? []),
    voters: members.filter(({ isLearner }) => !isLearner).length,
  })
}

/** Who refuses our user has answered too. */
const isAnswering = ({ failure }: UrlRecord): boolean =>
  failure === undefined || failure.kind === 'wrong_cluster' || failure.kind === 'permission_denied'
