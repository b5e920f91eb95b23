import { answeredWith, type ClusterRecord, wrongMember } from './cluster-record.ts'
import type { ClusterView, EndpointView, MemberView } from './cluster-view.ts'
import type { EtcdFailure } from './failure.ts'
import type { Member, MemberId } from './member.ts'
import { hasAnswered } from './member-health.ts'
import { configuredIndex, isBalancer, isProxy, reachingUrl } from './member-urls.ts'

/** What is known, as the port shows it. */
export function toClusterView(record: ClusterRecord): ClusterView {
  const { clusterId, listedAt, probedAt, isListStale, data } = record
  const members = knownMembers(record).map((member) => toMemberView(record, member))
  const leaderId = newestLeader(members)
  return {
    members: members.toSorted(byNameThenId),
    endpoints: record.configured.map((url) => toEndpointView(record, url)),
    stale: isListStale,
    ...(clusterId !== undefined && { clusterId }),
    ...(leaderId !== undefined && { leaderId }),
    ...(listedAt !== undefined && { listedAt }),
    ...(probedAt !== undefined && { probedAt }),
    ...(data?.reset && { dataReset: data.reset }),
  }
}

/** Before the first list: whoever answered. */
const knownMembers = ({ members, statuses }: ClusterRecord): readonly Member[] =>
  members ??
  [...statuses.values()].map(({ memberId, isLearner }) => ({
    id: memberId,
    name: '',
    clientUrls: [],
    peerUrls: [],
    isLearner,
  }))

function toMemberView(record: ClusterRecord, member: Member): MemberView {
  const endpoint = reachingUrl(record, member)
  const status = record.statuses.get(member.id)
  const seen = record.urls.get(endpoint)
  const failure = endpoint === '' ? whyNotReached(record, member) : seen?.failure
  const probedAt = endpoint === '' ? newestCheck(record, member) : seen?.checkedAt
  return {
    ...member,
    endpoint,
    configuredIndex: configuredIndex(record, member.id),
    ...(status !== undefined && { status }),
    ...(probedAt !== undefined && { probedAt }),
    ...(failure !== undefined && { failure }),
  }
}

/** Why none of what the member advertises reaches it, with the way out (etcd.md 6.2). */
function whyNotReached(record: ClusterRecord, member: Member): EtcdFailure | undefined {
  const { id, clientUrls } = member
  if (isShownByProxy(record, id)) return undefined
  if (clientUrls.length === 0) return notReached(record, member)
  const tried = clientUrls.filter((url) => record.urls.has(url))
  const url = tried.findLast((one) => /^https?:/i.test(one)) ?? tried.at(-1) // unix:// only when there is nothing else
  const seen = url === undefined ? undefined : record.urls.get(url)
  if (url === undefined || seen === undefined) return undefined
  const failure = seen.failure ?? wrongMember(url, id, seen.memberId ?? '')
  if (record.configured.includes(url)) return failure // it is an endpoint already
  const shown = clientUrls.join(', ').slice(0, 80)
  const advice = `advertises ${shown}, which cannot be reached from here: add an endpoint for it to etcd.endpoint`
  return { ...failure, advice }
}

/** A proxy passes its Status on: that is of now, although nothing else can be asked of this member. */
const isShownByProxy = (record: ClusterRecord, id: MemberId): boolean =>
  record.configured.some((url) => {
    const seen = record.urls.get(url)
    return isProxy(record, url) && seen?.memberId === id && seen.failure === undefined
  })

/** Why a member of which no URL is known cannot be asked. */
export function notReached(record: ClusterRecord, member: Member): EtcdFailure {
  const proxy = record.configured.find((url) => isProxy(record, url))
  if (proxy === undefined) return notStarted(member)
  const failure = answeredWith(
    'wrong_member',
    proxy,
    'a proxy, or not a full etcd, which may lead to any member',
  )
  return { ...failure, sent: false, advice: "add the member's own endpoint to etcd.endpoint" }
}

/** What a member without a client URL is. */
export const notStarted = ({ peerUrls }: Pick<Member, 'peerUrls'>): EtcdFailure => ({
  kind: 'refused',
  stage: 'tcp',
  endpoint: '',
  method: 'Maintenance.Status',
  grpcStatus: '',
  sent: false,
  message: `not started (peer ${(peerUrls[0] ?? 'unknown').replace(/^\w+:\/\//, '').slice(0, 100)})`,
})

function newestCheck(record: ClusterRecord, { clientUrls }: Member): number | undefined {
  const checks = clientUrls.flatMap((url) => record.urls.get(url)?.checkedAt ?? [])
  return checks.length === 0 ? undefined : Math.max(...checks)
}

function roleOf(record: ClusterRecord, url: string): EndpointView['role'] {
  if (isProxy(record, url)) return 'proxy'
  if (isBalancer(record, url)) return 'balancer'
  return record.urls.get(url)?.memberId === undefined ? 'unknown' : 'member'
}

function toEndpointView(record: ClusterRecord, url: string): EndpointView {
  const seen = record.urls.get(url)
  if (seen === undefined) return { url, role: 'unknown' }
  const { memberId, latencyMs, checkedAt } = seen
  const role = roleOf(record, url)
  const failure = seen.failure ?? withoutLeader(record, url, memberId)
  return {
    url,
    role,
    checkedAt,
    ...(memberId !== undefined && { memberId }),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(failure !== undefined && { failure }),
  }
}

/** A member that answers but knows no leader is no way to the cluster: its endpoint is not ready. */
function withoutLeader(
  { statuses }: ClusterRecord,
  url: string,
  memberId: MemberId | undefined,
): EtcdFailure | undefined {
  const status = memberId === undefined ? undefined : statuses.get(memberId)
  if (status === undefined || status.leaderId !== undefined) return undefined
  return answeredWith('no_leader', url, 'this member answers but knows no leader')
}

/**
 * Of the highest raft term, among those that answer; when nobody does, among the last answers of all, unless who was reached refused for
 * want of a leader. Rounds end one member after the other: who is the leader only by an older answer, and denies it by its own of the
 * same term, is none.
 */
function newestLeader(members: readonly MemberView[]): MemberId | undefined {
  const answering = members.filter(hasAnswered)
  if (answering.length === 0 && members.some(({ failure }) => failure?.stage === 'quorum')) return undefined
  const asked = answering.length > 0 ? answering : members
  const statuses = asked.flatMap(({ status }) => status ?? [])
  const newest = statuses.reduce(
    (term, { raftTerm }) => (BigInt(raftTerm) > term ? BigInt(raftTerm) : term),
    0n,
  )
  const ofTerm = statuses.filter(({ raftTerm }) => BigInt(raftTerm) === newest)
  const leaderId = ofTerm.find((status) => status.leaderId !== undefined)?.leaderId
  const own = ofTerm.find(({ memberId }) => memberId === leaderId)
  return own && own.leaderId !== leaderId ? undefined : leaderId
}

function byNameThenId(a: Member, b: Member): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1
  const difference = BigInt(a.id) - BigInt(b.id)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
