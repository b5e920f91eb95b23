import { AppError } from '@etcdmonitor/core/errors'
import {
  type ClusterRecord,
  emptyRecord,
  type ProbeOutcome,
  withList,
  withoutList,
  withProbe,
} from '@etcdmonitor/core/etcd/cluster-record'
import { withRound } from '@etcdmonitor/core/etcd/cluster-round'
import { failRead, failureIn } from '@etcdmonitor/core/etcd/fail-call'
import { type EtcdFailure, type EtcdFailureKind, isNotReached, stageOf } from '@etcdmonitor/core/etcd/failure'
import type { ClusterId, Member, MemberId, MemberStatus } from '@etcdmonitor/core/etcd/member'
import { toClusterView } from '@etcdmonitor/core/etcd/record-view'
import type {
  CallOptions,
  EtcdCluster,
  ScrapeFailure,
  ScrapeReason,
} from '@etcdmonitor/core/ports/etcd-cluster'
import type { EtcdKeys, KeyCallOptions } from '@etcdmonitor/core/ports/etcd-keys'
import type { Clock } from '@etcdmonitor/core/time'
import { type MemoryKeys, memoryKeys } from './memory-keys.ts'

/*
 * const cluster = memoryEtcdCluster({ clock, members: [{ id: '10', name: 'alpha' }, { id: '20', name: 'beta' }] })
 * cluster.setStatus('10', { revision: '9' })     shows in the next answers of that member
 * cluster.setPage('10', 'etcd_server_has_leader 1\n')
 * cluster.setDown('20', 'refused')               every call to it fails; setUp('20') ends it
 * cluster.setDelay('10', 500)                    its answers take so long, by the clock; Infinity: never
 * cluster.setLeader('20')                        undefined: nobody knows a leader
 * cluster.setMembers([…])                        what the member list says from now on; who left refuses connections
 * cluster.setCluster('9', [{ id: '30', … }])     another cluster is there now, where its members' URLs say
 * cluster.setGrants({ read: [], write: [] })       what its roles allow our user; compact('7') forgets older revisions
 * cluster.calls()                                what was asked of whom, the last 1,000
 */

export interface MemoryMember {
  readonly id: MemberId
  readonly name: string
  /** `http://<name>.invalid:2379` when absent; it is the configured endpoint too, unless `endpoints` says otherwise. */
  readonly clientUrl?: string
  readonly isLearner?: boolean
}

export interface MemoryEtcdOptions {
  readonly clock: Clock
  /** The first is the leader. */
  readonly members: readonly MemoryMember[]
  readonly clusterId?: ClusterId
  /** Configured endpoints; the client URL of every member when absent. */
  readonly endpoints?: readonly string[]
}

/** One call that was made, in order. */
export interface MemoryCall {
  readonly method: 'status' | 'metricsPage' | 'leaseCount' | 'list' | keyof EtcdKeys
  /** `""` for the list. */
  readonly member: MemberId
}

export interface MemoryEtcdCluster extends EtcdCluster, Pick<MemoryKeys, 'compact' | 'setGrants'> {
  setStatus(member: MemberId, status: Partial<MemberStatus>): void
  /** A text, bytes, or the failure that `metricsPage` resolves with. One without a last line feed is truncated. */
  setPage(member: MemberId, page: string | Uint8Array | ScrapeFailure): void
  setLeaseCount(member: MemberId, count: number): void
  /** Status and leases fail with this kind; so does the metrics page, unless only gRPC can fail so, or it was set to a failure. */
  setDown(member: MemberId, kind?: EtcdFailureKind): void
  setUp(member: MemberId): void
  setDelay(member: MemberId, ms: number): void
  setLeader(member: MemberId | undefined): void
  setMembers(members: readonly MemoryMember[]): void
  setCluster(clusterId: ClusterId, members: readonly MemoryMember[]): void
  calls(): readonly MemoryCall[]
}

const DEFAULTS = { maxAge: 5_000, wait: 2_000, listMaxAge: 60_000 }
const DEADLINE = 3_000
const MAX_CALLS = 1_000

const toMember = ({ id, name, clientUrl, isLearner = false }: MemoryMember): Member => ({
  id,
  name,
  clientUrls: [clientUrl ?? `http://${name}.invalid:2379`],
  peerUrls: [`http://${name}.invalid:2380`],
  isLearner,
})

/** An EtcdCluster without etcd, for tests; what it answers is set by the test. */
export function memoryEtcdCluster(options: MemoryEtcdOptions): MemoryEtcdCluster {
  const { clock } = options
  const statuses = new Map<MemberId, Partial<MemberStatus>>()
  const pages = new Map<MemberId, string | Uint8Array | ScrapeFailure>()
  const leases = new Map<MemberId, number>()
  const down = new Map<MemberId, EtcdFailureKind>()
  const delays = new Map<MemberId, number>()
  const calls: MemoryCall[] = []
  const closing = new AbortController()
  let clusterId = options.clusterId ?? '14841639068965178418'
  let members = options.members.map(toMember)
  let leaderId = members[0]?.id
  let record: ClusterRecord = emptyRecord(options.endpoints ?? members.map(urlOf))
  let refreshedAt = Number.NEGATIVE_INFINITY
  let listedAt = Number.NEGATIVE_INFINITY
  let refreshing: Promise<void> | undefined

  const count = (call: MemoryCall) => {
    calls.push(call)
    if (calls.length > MAX_CALLS) calls.shift()
  }

  const throwIfOver = ({ signal }: CallOptions = {}): void => {
    closing.signal.throwIfAborted()
    signal?.throwIfAborted()
  }

  /** Of the newest view. */
  const findKnown = (id: MemberId): Member | undefined =>
    toClusterView(record).members.find((member) => member.id === id)

  const find = (id: MemberId, callOptions?: CallOptions): Member => {
    throwIfOver(callOptions)
    const found = findKnown(id)
    if (!found) throw new AppError('member_not_found', `no member ${id.slice(0, 20)}`)
    return found
  }

  /** Why it does not answer. */
  const whySilent = ({ id }: Member): EtcdFailureKind | undefined =>
    members.some((member) => member.id === id) ? down.get(id) : 'refused'

  const answerOf = ({ id, isLearner }: Member): MemberStatus => ({
    memberId: id,
    clusterId,
    serverVersion: '3.4.23',
    dbSizeBytes: 20_480,
    dbSizeInUseBytes: 16_384,
    revision: '1',
    raftTerm: '2',
    raftIndex: '8',
    raftAppliedIndex: '8',
    isLearner,
    errors: [],
    alarms: [],
    ...(leaderId !== undefined && { leaderId }),
    ...statuses.get(id),
  })

  /** Resolves when the member would answer. @throws the signal's reason, the failure of a member that is down, or `deadline` */
  async function ask(
    method: MemoryCall['method'],
    member: Member,
    callOptions: CallOptions = {},
  ): Promise<void> {
    const { deadline = DEADLINE, signal } = callOptions
    count({ method, member: member.id })
    const stop = AbortSignal.any([closing.signal, ...(signal ? [signal] : [])])
    const delay = delays.get(member.id) ?? 0
    if (delay > 0) await clock.sleep(Math.min(delay, deadline), stop)
    stop.throwIfAborted()
    const kind = delay > deadline ? 'deadline' : whySilent(member)
    if (kind !== undefined) throw failRead(failureOf(kind, method, member), member.id)
  }

  async function probe(member: Member, callOptions?: CallOptions): Promise<MemberStatus> {
    const started = clock.monotonic()
    const enter = (outcome: ProbeOutcome) => {
      const latencyMs = Math.round(clock.monotonic() - started)
      record = withProbe(record, { url: urlOf(member), at: clock.now(), latencyMs, outcome })
    }
    try {
      await ask('status', member, callOptions)
      const status = answerOf(member)
      enter({ status })
      return status
    } catch (error) {
      const failure = failureIn(error)
      if (failure) enter({ failure })
      throw error
    }
  }

  async function refresh(listMaxAge: number): Promise<void> {
    const { clusterId: before } = record
    const probes = await Promise.allSettled(members.map((member) => probe(member)))
    if (closing.signal.aborted) return
    refreshedAt = clock.monotonic()
    record = withRound(record, clock.now())
    if (record.clusterId !== before) listedAt = Number.NEGATIVE_INFINITY
    if (clock.monotonic() - listedAt < listMaxAge) return
    const answering = members.find((_, index) => probes[index]?.status === 'fulfilled')
    if (!answering) {
      record = withoutList(record)
      return
    }
    count({ method: 'list', member: '' })
    record = withList(record, { clusterId, members, at: clock.now() })
    listedAt = clock.monotonic()
  }

  /** Any member may answer of keys; changes and fresh reads need a leader. */
  async function askAnybody(
    { method, needsLeader }: { readonly method: string; readonly needsLeader: boolean },
    callOptions: KeyCallOptions = {},
  ): Promise<MemberId> {
    throwIfOver(callOptions)
    const member = members.find(({ id }) => !down.has(id)) ?? members[0]
    if (!member) throw new AppError('etcd_unavailable', 'there is no member')
    const called = method as keyof EtcdKeys // of the keys of this cluster
    try {
      await ask(called, member, callOptions)
    } catch (error) {
      const failure = failureIn(error)
      throw failure ? failRead(failure) : error
    }
    if (needsLeader && leaderId === undefined) throw failRead(failureOf('no_leader', called, member))
    return member.id
  }

  const isFresh = ({ maxAge, listMaxAge }: typeof DEFAULTS) =>
    clock.monotonic() - refreshedAt <= maxAge && clock.monotonic() - listedAt <= listMaxAge

  return {
    ...memoryKeys({ clock, ask: askAnybody }),
    async view(asked = {}) {
      const wanted = { ...DEFAULTS, ...asked }
      if (!isFresh(wanted) && !closing.signal.aborted) {
        refreshing ??= refresh(wanted.listMaxAge).finally(() => {
          refreshing = undefined
        })
        const patience = new AbortController()
        await Promise.race([refreshing, clock.sleep(wanted.wait, patience.signal)])
        patience.abort()
      }
      return toClusterView(record)
    },
    status: async (id, callOptions) => probe(find(id, callOptions), callOptions),
    async metricsPage(id, callOptions) {
      throwIfOver(callOptions)
      const member = findKnown(id)
      if (!member) return { reason: 'refused', detail: 'not in the member list' }
      const page = pages.get(id) ?? 'etcd_server_has_leader 1\n'
      try {
        await ask('metricsPage', member, callOptions)
      } catch (error) {
        const failure = failureIn(error)
        if (!failure) throw error
        const reason = reasonOf(failure)
        if (reason !== undefined) return isFailure(page) ? page : { reason, detail: '' }
      }
      return judgePage(page)
    },
    async leaseCount(id, callOptions) {
      await ask('leaseCount', find(id, callOptions), callOptions)
      return leases.get(id) ?? 0
    },
    setStatus: (id, status) => void statuses.set(id, { ...statuses.get(id), ...status }),
    setPage: (id, page) => void pages.set(id, page),
    setLeaseCount: (id, count) => void leases.set(id, count),
    setDown: (id, kind = 'refused') => void down.set(id, kind),
    setUp: (id) => void down.delete(id),
    setDelay: (id, ms) => void delays.set(id, ms),
    setLeader: (id) => {
      leaderId = id
    },
    setMembers: (next) => {
      members = next.map(toMember)
      listedAt = Number.NEGATIVE_INFINITY
    },
    setCluster: (id, next) => {
      clusterId = id
      members = next.map(toMember)
      leaderId = members[0]?.id
    },
    calls: () => [...calls],
    async [Symbol.asyncDispose]() {
      closing.abort(new AppError('shutting_down', 'the connection to etcd is closed'))
    },
  }
}

const urlOf = ({ clientUrls }: Member): string => clientUrls[0] ?? ''

const isFailure = (page: string | Uint8Array | ScrapeFailure): page is ScrapeFailure =>
  typeof page === 'object' && 'reason' in page

function judgePage(page: string | Uint8Array | ScrapeFailure): Uint8Array | ScrapeFailure {
  if (isFailure(page)) return page
  const bytes = typeof page === 'string' ? new TextEncoder().encode(page) : page
  const isWhole = bytes.at(-1) === 0x0a
  return isWhole ? bytes : { reason: 'truncated', detail: 'the last line does not end' }
}

/** `undefined`: who fails so by gRPC still has a page. */
function reasonOf(failure: EtcdFailure): ScrapeReason | undefined {
  const { kind, stage } = failure
  if (kind === 'dns' || kind === 'blocked_url' || kind === 'timeout') return kind
  if (kind === 'deadline') return 'timeout'
  if (stage === 'tls') return stage
  return isNotReached(failure) ? 'refused' : undefined
}

const METHODS: ReadonlyMap<string, string> = new Map([
  ['leaseCount', 'Lease.LeaseLeases'],
  ['range', 'KV.Range'],
  ['put', 'KV.Txn'],
  ['remove', 'KV.Txn'],
])

function failureOf(kind: EtcdFailureKind, method: MemoryCall['method'], member: Member): EtcdFailure {
  const stage = stageOf(kind)
  const sent = !isNotReached({ stage })
  const called = METHODS.get(method) ?? 'Maintenance.Status'
  return {
    kind,
    stage,
    endpoint: urlOf(member),
    method: sent ? called : 'connect',
    grpcStatus: kind === 'deadline' ? 'DEADLINE_EXCEEDED' : 'UNAVAILABLE',
    sent,
    message: `set to ${kind}`,
  }
}
