import { AppError } from '@etcdmonitor/core/errors'
import { type ProbeOutcome, wrongMember } from '@etcdmonitor/core/etcd/cluster-record'
import type { MemberView } from '@etcdmonitor/core/etcd/cluster-view'
import { failRead } from '@etcdmonitor/core/etcd/fail-call'
import type { MemberId, MemberStatus } from '@etcdmonitor/core/etcd/member'
import { candidateUrls } from '@etcdmonitor/core/etcd/member-urls'
import { notReached, toClusterView } from '@etcdmonitor/core/etcd/record-view'
import type { CallOptions } from '@etcdmonitor/core/ports/call-options'
import type { EtcdMaintenance } from '@etcdmonitor/core/ports/etcd-cluster'
import type { Clock } from '@etcdmonitor/core/time'
import { LeaseClient } from 'etcd3'
import type { Cluster } from './cluster.ts'
import { type CallBudget, startBudget } from './connection/call-budget.ts'
import { callError, EtcdCallError } from './connection/call-error.ts'
import type { Discovery } from './members/discovery.ts'

export interface MemberCallsOptions {
  readonly cluster: Cluster
  readonly discovery: Discovery
  readonly clock: Clock
  readonly closing: AbortSignal
}

/** Default limits in ms (etcd.md 4.2). */
const STATUS_LIMIT = 3_000
const LEASES_LIMIT = 5_000

export interface MemberCalls extends Pick<EtcdMaintenance, 'status' | 'leaseCount'> {
  /** URL that reaches the member. @throws AppError `member_not_found`, or why none does */
  findUrl(id: MemberId, budget: CallBudget): Promise<string>
}

/** The gRPC calls to one member. */
export function createMemberCalls(options: MemberCallsOptions): MemberCalls {
  const { cluster, discovery } = options

  async function probeUntilFound(id: MemberId, budget: CallBudget): Promise<Found> {
    const member = findOrThrow(discovery, id)
    const ask = async (url: string): Promise<Found> => {
      const { outcome } = await discovery.probe(url, budget)
      const status = statusIn(outcome, url)
      if (status.memberId !== id) throw new EtcdCallError(wrongMember(url, id, status.memberId))
      return { url, status }
    }
    try {
      return await Promise.any(candidateUrls(discovery.record(), member).map(ask))
    } catch (error) {
      budget.signal.throwIfAborted()
      throw toAppError(lastOf(error) ?? new EtcdCallError(notReached(discovery.record(), member)), id)
    }
  }

  async function countLeases(id: MemberId, url: string, budget: CallBudget): Promise<number> {
    try {
      return await cluster.ask(url, budget, async (client) => {
        const { header, leases } = await new LeaseClient(client).leaseLeases()
        // what imitates etcd may leave the header out
        const { member_id: found = '0', cluster_id: clusterId = '0' } = header ?? {}
        if (found !== id) throw new EtcdCallError(wrongMember(url, id, found))
        const known = discovery.record().clusterId
        if (clusterId !== known)
          throw callError(
            'wrong_cluster',
            { endpoint: url, method: 'Lease.LeaseLeases', sent: true },
            `belongs to cluster ${clusterId}, not to ${known}`,
          )
        return leases.length
      })
    } catch (error) {
      throw toAppError(error, id)
    }
  }

  async function findUrl(id: MemberId, budget: CallBudget): Promise<string> {
    const { endpoint } = findOrThrow(discovery, id)
    return endpoint || (await probeUntilFound(id, budget)).url
  }

  return {
    findUrl,
    async status(id, callOptions = {}) {
      const budget = startCall(options, callOptions, STATUS_LIMIT)
      return (await probeUntilFound(id, budget)).status
    },
    async leaseCount(id, callOptions = {}) {
      const budget = startCall(options, callOptions, LEASES_LIMIT)
      return countLeases(id, await findUrl(id, budget), budget)
    },
  }
}

/** @throws EtcdCallError */
export function statusIn(outcome: ProbeOutcome, url: string): MemberStatus {
  if ('status' in outcome) return outcome.status
  if ('failure' in outcome) throw new EtcdCallError(outcome.failure)
  throw callError(
    'wrong_member',
    { endpoint: url, method: 'Maintenance.Status', sent: true },
    'a proxy, or not a full etcd',
  )
}

interface Found {
  readonly url: string
  readonly status: MemberStatus
}

/** The budget of one call of the port. @throws the reason when it is over before it begins */
export function startCall(
  { clock, closing }: Pick<MemberCallsOptions, 'clock' | 'closing'>,
  { deadline, signal }: CallOptions,
  limit: number,
): CallBudget {
  closing.throwIfAborted()
  signal?.throwIfAborted()
  return startBudget(clock, deadline ?? limit, closing, signal)
}

export const findMember = (discovery: Pick<Discovery, 'record'>, id: MemberId): MemberView | undefined =>
  toClusterView(discovery.record()).members.find((member) => member.id === id)

function findOrThrow(discovery: Discovery, id: MemberId): MemberView {
  const member = findMember(discovery, id)
  const { members, endpoints } = toClusterView(discovery.record())
  if (!member && members.length === 0 && endpoints.some(({ role }) => role === 'proxy'))
    throw new AppError('not_supported', 'what answers is a proxy, or not a full etcd: it has no members')
  if (!member) throw new AppError('member_not_found', `no member ${id.slice(0, 20)}`)
  return member
}

const toAppError = (error: unknown, member: MemberId): unknown =>
  error instanceof EtcdCallError ? failRead(error.failure, member, error) : error

/** The last of what `Promise.any` collected; of an address that cannot be dialled only when there is nothing else. */
function lastOf(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return error
  const errors: readonly unknown[] = error.errors
  return errors.findLast(isOfHttp) ?? errors.at(-1)
}

const isOfHttp = (error: unknown): boolean =>
  error instanceof EtcdCallError && /^https?:/i.test(error.failure.endpoint)
