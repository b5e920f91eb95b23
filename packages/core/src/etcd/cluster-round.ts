import { type ClusterRecord, emptyRecord, type UrlRecord } from './cluster-record.ts'
import type { ClusterId } from './member.ts'

/**
 * A round of probes has ended. Another cluster that it names as the round before did is adopted, and everything known of the old one is
 * forgotten (etcd.md 6.4).
 */
export function withRound(record: ClusterRecord, probedAt: number): ClusterRecord {
  const { claim: before, ...rest } = record
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

/** Who refuses our user has answered too. */
const isAnswering = ({ failure }: UrlRecord): boolean =>
  failure === undefined || failure.kind === 'wrong_cluster' || failure.kind === 'permission_denied'
