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
import { type EtcdFailure, isNotReached } from '@etcdmonitor/core/etcd/failure'
import type { ClusterId, Member, MemberId, MemberStatus } from '@etcdmonitor/core/etcd/member'
import { toClusterView } from '@etcdmonitor/core/etcd/record-view'
import type { CallOptions } from '@etcdmonitor/core/ports/call-options'
import type { EtcdCluster, ScrapeFailure, ScrapeReason } from '@etcdmonitor/core/ports/etcd-cluster'
import type { Clock } from '@etcdmonitor/core/time'
import { createMemoryCalls, failureOf, type MemoryCalls } from './memory-calls.ts'
import { type AskedOfAnybody, type MemoryKeys, memoryKeys } from './memory-keys.ts'
import { type MemoryMaintenance, memoryMaintenance } from './memory-maintenance.ts'
import { toStages } from './memory-stages.ts'

/*
 * const cluster = memoryEtcdCluster({ clock, members: [{ id: '10', name: 'alpha' }, { id: '20', name: 'beta' }] })
 * cluster.setStatus('10', { revision: '9' })     shows in the next answers of that member
 * cluster.setPage('10', 'etcd_server_has_leader 1\n')
 * cluster.setDown('20', 'refused')               every call to it fails; setUp('20') ends it
 * cluster.setDelay('10', 500)                    its answers take so long, by the clock; Infinity: never
 * cluster.setLeader('20')                        undefined: nobody knows a leader
 * cluster.setMembers([…])                        what the member list says from now on; who left refuses connections
 * cluster.setCluster('9', [{ id: '30', … }])     another cluster is there now, where its members' URLs say
 * cluster.setGrants({ user: 'app', read: [], write: [] })   what its roles allow our user
 * cluster.setFault('10', 'defragment', { kind: 'connection_lost', isApplied: true })   it is carried out, and the answer is lost
 * cluster.setDefragTime('10', 4_000)             a defragmentation blocks it so long, also when the caller gave up
 * cluster.setAlarms([…]) · setHash('10', 9) · setSnapshot('10', { breaksAfter: 1_024 }) · restart('10')
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

export interface MemoryEtcdCluster
  extends EtcdCluster,
    Pick<MemoryKeys, 'setGrants'>,
    Pick<MemoryCalls, 'setDown' | 'setUp' | 'setDelay' | 'setFault' | 'calls'>,
    Pick<MemoryMaintenance, 'setAlarms' | 'setHash' | 'setDefragTime' | 'setSnapshot' | 'restart'> {
  setStatus(member: MemberId, status: Partial<MemberStatus>): void
  /** A text, bytes, or the failure that `metricsPage` resolves with. One without a last line feed is truncated. */
  setPage(member: MemberId, page: string | Uint8Array | ScrapeFailure): void
  setLeaseCount(member: MemberId, count: number): void
  setLeader(member: MemberId | undefined): void
  setMembers(members: readonly MemoryMember[]): void
  setCluster(clusterId: ClusterId, members: readonly MemoryMember[]): void
}

const KEY_LIMIT = 10_000
const DEFAULTS = { maxAge: 5_000, wait: 2_000, listMaxAge: 60_000 }

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
  const closing = new AbortController()
  let clusterId = options.clusterId ?? '14841639068965178418'
  let members = options.members.map(toMember)
  let leaderId = members[0]?.id
  let record: ClusterRecord = emptyRecord(options.endpoints ?? members.map(urlOf))
  let refreshedAt = Number.NEGATIVE_INFINITY
  let listedAt = Number.NEGATIVE_INFINITY
  let refreshing: Promise<void> | undefined

  const isThere = (id: MemberId) => members.some((member) => member.id === id)
  const calls = createMemoryCalls({ clock, closing: closing.signal, isThere })

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
    alarms: maintenance.activeAlarms(),
    ...(leaderId !== undefined && { leaderId }),
    ...statuses.get(id),
  })

  async function probe(member: Member, callOptions?: CallOptions): Promise<MemberStatus> {
    const started = clock.monotonic()
    const enter = (outcome: ProbeOutcome) => {
      const latencyMs = Math.round(clock.monotonic() - started)
      record = withProbe(record, { url: urlOf(member), at: clock.now(), latencyMs, outcome })
    }
    try {
      const work = { method: 'status', run: () => answerOf(member) } as const
      const status = await calls.perform(member, work, callOptions)
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
    calls.note({ method: 'list', member: '' })
    record = withList(record, { clusterId, members, at: clock.now() })
    listedAt = clock.monotonic()
  }

  /** Who answers for the cluster: any member may. */
  function anybody(callOptions?: CallOptions): Member {
    throwIfOver(callOptions)
    const member = members.find(({ id }) => !calls.isDown(id)) ?? members[0]
    if (!member) throw new AppError('etcd_unavailable', 'there is no member')
    return member
  }

  /** Changes and fresh reads of keys need a leader. */
  async function askAnybody(
    { method, needsLeader, isChange = false }: AskedOfAnybody,
    callOptions: CallOptions = {},
  ): Promise<MemberId> {
    const member = anybody(callOptions)
    const work = { method, isChange, isAnybody: true, limit: KEY_LIMIT, run: () => undefined }
    await calls.perform(member, work, callOptions)
    if (needsLeader && leaderId === undefined) throw failRead(failureOf('no_leader', method, member))
    return member.id
  }

  const isFresh = ({ maxAge, listMaxAge }: typeof DEFAULTS) =>
    clock.monotonic() - refreshedAt <= maxAge && clock.monotonic() - listedAt <= listMaxAge

  const keys = memoryKeys({ clock, ask: askAnybody })
  const setStatus = (id: MemberId, status: Partial<MemberStatus>) =>
    void statuses.set(id, { ...statuses.get(id), ...status })
  const maintenance = memoryMaintenance({
    clock,
    closing: closing.signal,
    calls,
    keys,
    find,
    probe,
    anybody,
    setStatus,
    leader: () => members.find(({ id }) => id === leaderId),
    setLeader: (id) => {
      leaderId = id
    },
    isVoter: (id) => members.some((member) => member.id === id && !member.isLearner),
    statusOf: (id) => answerOf(members.find((member) => member.id === id) ?? find(id)),
  })

  return {
    ...keys,
    ...maintenance,
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
    isAuthOn: () => false,
    async diagnose(url, callOptions) {
      throwIfOver(callOptions)
      if (!record.configured.includes(url))
        throw new AppError('not_found', `no endpoint ${url.slice(0, 100)}`)
      const member = members.find((one) => urlOf(one) === url)
      if (!member)
        return toStages(failureOf('refused', 'status', toMember({ id: '0', name: '', clientUrl: url })))
      try {
        await probe(member, callOptions)
      } catch (error) {
        const failure = failureIn(error)
        if (!failure) throw error
        return toStages(failure)
      }
      return toStages(leaderId === undefined ? failureOf('no_leader', 'status', member) : undefined)
    },
    status: async (id, callOptions) => probe(find(id, callOptions), callOptions),
    async metricsPage(id, callOptions) {
      throwIfOver(callOptions)
      const member = findKnown(id)
      if (!member) return { reason: 'refused', detail: 'not in the member list' }
      const page = pages.get(id) ?? 'etcd_server_has_leader 1\n'
      try {
        await calls.perform(member, { method: 'metricsPage', run: () => undefined }, callOptions)
      } catch (error) {
        const failure = failureIn(error)
        if (!failure) throw error
        const reason = reasonOf(failure)
        if (reason !== undefined) return isFailure(page) ? page : { reason, detail: '' }
      }
      return judgePage(page)
    },
    async leaseCount(id, callOptions) {
      const work = { method: 'leaseCount', run: () => leases.get(id) ?? 0 } as const
      return calls.perform(find(id, callOptions), work, callOptions)
    },
    setStatus,
    setPage: (id, page) => void pages.set(id, page),
    setLeaseCount: (id, count) => void leases.set(id, count),
    setDown: calls.setDown,
    setUp: calls.setUp,
    setDelay: calls.setDelay,
    setFault: calls.setFault,
    calls: calls.calls,
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
