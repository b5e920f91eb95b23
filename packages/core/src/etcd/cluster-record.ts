import type { DataWatch } from './data-reset.ts'
import { type EtcdFailure, stageOf } from './failure.ts'
import type { ClusterId, Member, MemberId, MemberStatus } from './member.ts'

/** An endpoint that named two members within this time is a balancer. */
const BALANCER_MEMORY = 600_000

/** Statuses kept at most. */
const MAX_STATUSES = 128

/** What one URL said when it was asked for its Status last. */
export interface UrlRecord {
  /** The member that it named last; kept while it is silent. */
  readonly memberId?: MemberId
  /** When it named which member last, for BALANCER_MEMORY. */
  readonly named: ReadonlyMap<MemberId, number>
  /** Absent when the newest probe was answered. */
  readonly failure?: EtcdFailure
  /** The other cluster for which the newest probe was answered. */
  readonly otherCluster?: ClusterId
  /** What answers there is no member, but serves keys. */
  readonly isProxy?: true
  /** Failed probes in a row. */
  readonly failures: number
  readonly latencyMs?: number
  readonly checkedAt: number
}

/** What was learned of a cluster so far. A value: each function below returns a new one. Instants are Unix ms. */
export interface ClusterRecord {
  readonly configured: readonly string[]
  readonly clusterId?: ClusterId
  readonly members?: readonly Member[]
  readonly listedAt?: number
  readonly isListStale: boolean
  readonly probedAt?: number
  /** The other cluster that the endpoints named in the newest round; adopted when the next round says the same. */
  readonly claim?: ClusterId
  /** How far the data of this cluster had come. */
  readonly data?: DataWatch
  readonly urls: ReadonlyMap<string, UrlRecord>
  /** URLs that answer for members, but whose list is not that of a member: who is asked there may be another one each time. */
  readonly proxies: ReadonlySet<string>
  /** Newest answer of each member. */
  readonly statuses: ReadonlyMap<MemberId, MemberStatus>
}

export interface Probe {
  readonly url: string
  readonly at: number
  readonly latencyMs: number
  readonly outcome: ProbeOutcome
}

/** A failure may still tell who answered. `isProxy`: no member, but it serves keys. */
export type ProbeOutcome =
  | { readonly status: MemberStatus }
  | { readonly isProxy: true }
  | {
      readonly failure: EtcdFailure
      readonly memberId?: MemberId
      readonly clusterId?: ClusterId
      readonly otherCluster?: ClusterId
    }

export interface MemberList {
  readonly clusterId: ClusterId
  readonly members: readonly Member[]
  readonly at: number
}

/** Nothing is known yet; `configured` is in configured order. */
export const emptyRecord = (configured: readonly string[]): ClusterRecord => ({
  configured,
  isListStale: false,
  urls: new Map(),
  proxies: new Set(),
  statuses: new Map(),
})

/** The reading failed: the old list stays. */
export const withoutList = (record: ClusterRecord): ClusterRecord => ({ ...record, isListStale: true })

/** A list of another cluster, or without members, is a failed reading. Members that are not in it are forgotten. */
export function withList(record: ClusterRecord, { clusterId, members, at }: MemberList): ClusterRecord {
  if (members.length === 0 || isOther(record, clusterId)) return withoutList(record)
  const isUsed = (url: string) =>
    record.configured.includes(url) || members.some(({ clientUrls }) => clientUrls.includes(url))
  return {
    ...record,
    clusterId,
    members,
    listedAt: at,
    isListStale: false,
    statuses: new Map([...record.statuses].filter(([id]) => members.some((member) => member.id === id))),
    urls: new Map([...record.urls].filter(([url]) => isUsed(url))),
    proxies: new Set([...record.proxies].filter(isUsed)),
  }
}

/** Whether the list that was read at a URL is that of a member. */
export function withListOf(record: ClusterRecord, url: string, isOfMember: boolean): ClusterRecord {
  if (record.proxies.has(url) !== isOfMember) return record
  const others = [...record.proxies].filter((one) => one !== url)
  return { ...record, proxies: new Set(isOfMember ? others : [...others, url]) }
}

/** The probe as it counts: an answer of another cluster is the failure `wrong_cluster`, and names nobody. */
export function judgeProbe(record: ClusterRecord, probe: Probe): Probe {
  const { url, outcome } = probe
  if ('isProxy' in outcome) return probe
  const clusterId = 'status' in outcome ? outcome.status.clusterId : outcome.clusterId
  if (clusterId === undefined || !isOther(record, clusterId)) return probe
  const message = `belongs to cluster ${clusterId}, not to ${record.clusterId}`
  const failure = answeredWith('wrong_cluster', url, message)
  return { ...probe, outcome: { failure, otherCluster: clusterId } }
}

/** The first good answer decides which cluster this is. */
export function withProbe(record: ClusterRecord, probe: Probe): ClusterRecord {
  const { outcome } = judgeProbe(record, probe)
  const { url, at, latencyMs } = probe
  if ('isProxy' in outcome)
    return withUrl(record, url, { named: new Map(), isProxy: true, failures: 0, latencyMs, checkedAt: at })
  if (!('status' in outcome)) return withSilence(record, probe, outcome)
  const { memberId, clusterId } = outcome.status
  const recent = [...(record.urls.get(url)?.named ?? [])].filter(([, last]) => last > at - BALANCER_MEMORY)
  const named = new Map([...recent, [memberId, at]])
  const answered = withUrl(record, url, { memberId, named, failures: 0, latencyMs, checkedAt: at })
  return { ...answered, clusterId, statuses: withNewest(record.statuses, outcome.status) }
}

/** What answers may claim any id, and a new one each time. */
function withNewest(statuses: ClusterRecord['statuses'], status: MemberStatus): ClusterRecord['statuses'] {
  const others = [...statuses].filter(([id]) => id !== status.memberId)
  return new Map([...others.slice(1 - MAX_STATUSES), [status.memberId, status]])
}

function withSilence(
  record: ClusterRecord,
  { url, at }: Probe,
  { failure, memberId, clusterId, otherCluster }: Extract<ProbeOutcome, { failure: EtcdFailure }>,
): ClusterRecord {
  const { named = new Map(), failures = 0, memberId: before } = record.urls.get(url) ?? {}
  const who = memberId ?? before
  const next = withUrl(record, url, {
    named,
    failure,
    failures: failures + 1,
    checkedAt: at,
    ...(who !== undefined && { memberId: who }),
    ...(otherCluster !== undefined && { otherCluster }),
  })
  return clusterId === undefined ? next : { ...next, clusterId }
}

const withUrl = (record: ClusterRecord, url: string, seen: UrlRecord): ClusterRecord => ({
  ...record,
  urls: new Map(record.urls).set(url, seen),
})

const isOther = (record: ClusterRecord, clusterId: ClusterId): boolean =>
  record.clusterId !== undefined && record.clusterId !== clusterId

/** A failure that lies in what was answered. */
export const answeredWith = (
  kind: 'wrong_cluster' | 'wrong_member' | 'no_leader',
  endpoint: string,
  message: string,
) =>
  ({
    kind,
    stage: stageOf(kind),
    endpoint,
    method: 'Maintenance.Status',
    grpcStatus: 'OK',
    sent: true,
    message,
  }) satisfies EtcdFailure

/** Failure of a probe that was to reach `member` and reached another one. */
export const wrongMember = (url: string, member: MemberId, found: MemberId): EtcdFailure =>
  answeredWith('wrong_member', url, `is member ${found}, not ${member}`)
