import { lookup } from 'node:dns'
import { isIP } from 'node:net'
import { notStarted } from '@etcdmonitor/core/etcd/record-view'
import type { EtcdMaintenance, ScrapeFailure } from '@etcdmonitor/core/ports/etcd-cluster'
import type { Clock } from '@etcdmonitor/core/time'
import type { AddressPolicy, BlockReason } from '../connection/address-policy.ts'
import { type CallBudget, within } from '../connection/call-budget.ts'
import { guardedLookup } from '../connection/guarded-lookup.ts'
import { findMember, startCall } from '../member-calls.ts'
import type { Discovery } from '../members/discovery.ts'
import type { HttpGetter } from './http.ts'
import { getMetricsPage } from './metrics-page.ts'
import { metricsUrl } from './metrics-url.ts'

export interface PageCallOptions {
  readonly metricsPath: string
  readonly metricsEndpoint: string | readonly string[]
  readonly endpoints: readonly string[]
  readonly discovery: Pick<Discovery, 'record'>
  readonly policy: AddressPolicy
  readonly getter: HttpGetter
  /** Why our own certificate cannot be shown at this instant. */
  readonly whyExpired: (now: number) => string | undefined
  readonly clock: Clock
  readonly closing: AbortSignal
  readonly version?: string
}

/** In ms (etcd.md 4.2). */
const PAGE_LIMIT = 10_000

/** `GET /metrics` of one member. */
export function createPageCall(options: PageCallOptions): EtcdMaintenance['metricsPage'] {
  const { discovery, policy, getter, whyExpired, clock, version } = options
  const agent = version === undefined ? 'etcdmonitor' : `etcdmonitor/${version}`
  return async (id, callOptions = {}) => {
    const budget = startCall(options, callOptions, PAGE_LIMIT)
    const member = findMember(discovery, id)
    if (!member) return { reason: 'refused', detail: 'not in the member list' }
    const found = metricsUrl(options, member)
    if (!found) return { reason: 'refused', detail: notStarted(member).message }
    if ('blocked' in found) return { reason: 'blocked_url', detail: found.blocked }
    const { url, isAdvertised } = found
    const expired = url.protocol === 'https:' ? whyExpired(clock.now()) : undefined
    if (expired !== undefined) return { reason: 'tls', detail: expired }
    // a socket looks up names only, so an address is judged here
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
    const judged = isAdvertised && isIP(host) !== 0 ? policy.judgeAddress(host) : undefined
    const refusal = judged && (await toRefusal(judged, budget, clock))
    if (refusal) return refusal
    const resolve = isAdvertised ? guardedLookup(policy, url.href) : lookup
    return getMetricsPage({ getter, clock, url, lookup: resolve, agent }, budget)
  }
}

/** A judgement may look up names, so it has the time of the call. */
async function toRefusal(
  judged: Promise<BlockReason | undefined>,
  budget: CallBudget,
  clock: Pick<Clock, 'sleep'>,
): Promise<ScrapeFailure | undefined> {
  const late = new Error('the address was not judged in time')
  try {
    const blocked = await within({ promise: judged, budget, clock }, () => late)
    return blocked && { reason: 'blocked_url', detail: blocked }
  } catch (error) {
    if (error !== late) throw error
    return { reason: 'timeout', detail: '' }
  }
}
