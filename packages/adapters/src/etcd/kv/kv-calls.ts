import { AppError } from '@etcdmonitor/core/errors'
import type { ClusterView } from '@etcdmonitor/core/etcd/cluster-view'
import { failChange, failRead } from '@etcdmonitor/core/etcd/fail-call'
import { type EtcdFailure, isNotReached } from '@etcdmonitor/core/etcd/failure'
import type { KeyCallOptions } from '@etcdmonitor/core/ports/etcd-keys'
import type { Clock } from '@etcdmonitor/core/time'
import type { ICallable } from 'etcd3'
import type { Cluster } from '../cluster.ts'
import type { CallBudget } from '../connection/call-budget.ts'
import { callError, EtcdCallError } from '../connection/call-error.ts'
import { createLimiter } from '../connection/limiter.ts'
import type { EtcdService } from '../connection/schema.ts'
import { startCall } from '../member-calls.ts'
import type { Discovery } from '../members/discovery.ts'

export interface KvCallsOptions {
  readonly configured: readonly string[]
  readonly cluster: Cluster
  readonly discovery: Discovery
  readonly clock: Clock
  readonly closing: AbortSignal
}

/** One call as the schema names it, such as `KV` and `range`. */
export interface KvCall {
  readonly service: EtcdService
  readonly method: string
  readonly params: object
}

export interface ReadHow {
  /** Needs a leader: when nobody knows one it fails at once. */
  readonly linearizable: boolean
  /** One of many pages: at most 8 of these run at once, so that they hold up nothing else. */
  readonly isListing?: boolean
}

/** Calls that any voter may answer. They reject with an AppError, or the reason of the budget's signal. */
export interface KvCalls {
  start(options: KeyCallOptions | undefined): CallBudget
  read<T>(call: KvCall, budget: CallBudget, how: ReadHow): Promise<T>
  /** One attempt; another voter is taken only while nothing was sent. */
  change<T>(call: KvCall, budget: CallBudget): Promise<T>
}

const DEFAULT_DEADLINE = 10_000
const ATTEMPT_LIMIT = 10_000
const MAX_LISTINGS = 8
/** How old what is known of the members may be, ms. */
const VIEW_AGE = 5_000
/** How long a first look, and a second one for a leader, may take. */
const VIEW_WAIT = 2_000
const LEADER_AGE = 1_000

export function createKvCalls({ configured, cluster, discovery, clock, closing }: KvCallsOptions): KvCalls {
  const limitListings = createLimiter(MAX_LISTINGS, clock)

  /** What is known now; asks anew beside the call when that is old. */
  async function look(): Promise<ClusterView> {
    const isFirst = discovery.record().clusterId === undefined
    return discovery.view({ maxAge: VIEW_AGE, wait: isFirst ? VIEW_WAIT : 0 })
  }

  async function lookForLeader(): Promise<ClusterView> {
    const known = await look()
    if (known.leaderId !== undefined || known.members.length === 0) return known
    const view = await discovery.view({ maxAge: LEADER_AGE, wait: VIEW_WAIT })
    const isAnswered = view.members.some(({ failure }) => failure === undefined)
    if (view.leaderId !== undefined || !isAnswered) return view
    const context = { endpoint: configured[0] ?? '', method: 'look for a leader', sent: false }
    throw callError('no_leader', context, 'no member names a leader')
  }

  function exec<T>(call: KvCall): (client: ICallable<string>) => Promise<T> {
    const { service, method, params } = call
    return (client) => client.exec(service as never, method as never, params as never) as Promise<T> // by the schema
  }

  return {
    start: (options = {}) => startCall({ clock, closing }, options, DEFAULT_DEADLINE),
    async read<T>(call: KvCall, budget: CallBudget, { linearizable, isListing = false }: ReadHow) {
      try {
        const view = linearizable ? await lookForLeader() : await look()
        const urls = candidates(view, configured, linearizable ? 'anybody' : 'followers first')
        const run = () => cluster.read<T>(urls, budget, exec(call), ATTEMPT_LIMIT)
        return await (isListing ? limitListings(urls[0] ?? '', budget, run) : run())
      } catch (error) {
        throw error instanceof EtcdCallError
          ? withEndpoints(failRead(error.failure, undefined, error), discovery)
          : error
      }
    },
    async change<T>(call: KvCall, budget: CallBudget) {
      try {
        const urls = candidates(await lookForLeader(), configured, 'anybody')
        return await cluster.change<T>(urls, budget, exec(call))
      } catch (error) {
        throw error instanceof EtcdCallError
          ? withEndpoints(failChange(error.failure, error), discovery)
          : error
      }
    },
  }
}

/** Voters that answered their last probe; then the others, since nobody is refused without trying; then endpoints that are no members. */
function candidates(
  { members, endpoints, leaderId }: ClusterView,
  configured: readonly string[],
  order: 'anybody' | 'followers first',
): readonly string[] {
  const learners = new Set(members.filter(({ isLearner }) => isLearner).map(({ endpoint }) => endpoint))
  const voters = members.filter(({ isLearner, endpoint }) => !isLearner && endpoint !== '')
  const sorted =
    order === 'anybody'
      ? voters
      : voters.toSorted((a, b) => Number(a.id === leaderId) - Number(b.id === leaderId))
  const answering = sorted.filter(({ failure }) => !isAway(failure))
  const others = sorted.filter(({ failure }) => isAway(failure))
  const unmatched = configured.filter((url) => !learners.has(url))
  const silent = new Set(endpoints.filter(({ failure }) => isAway(failure)).map(({ url }) => url))
  const urls = [...answering, ...others].map(({ endpoint }) => endpoint)
  return [
    ...new Set([...urls, ...unmatched.toSorted((a, b) => Number(silent.has(a)) - Number(silent.has(b)))]),
  ]
}

const isAway = (failure: EtcdFailure | undefined): boolean =>
  failure !== undefined && (isNotReached(failure) || failure.kind === 'deadline')

/** Whoever reads that nobody answers wants to know why, of each endpoint. */
function withEndpoints(error: AppError, discovery: Pick<Discovery, 'record'>): AppError {
  if (error.code !== 'etcd_unavailable') return error
  const endpoints = [...discovery.record().urls].flatMap(([url, { failure }]) =>
    failure ? [{ url, stage: failure.stage }] : [],
  )
  return new AppError(error.code, error.message, { cause: error, details: { ...error.details, endpoints } })
}
