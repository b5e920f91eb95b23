import { AppError } from '@etcdmonitor/core/errors'
import type { ClusterView } from '@etcdmonitor/core/etcd/cluster-view'
import { failChange, failRead } from '@etcdmonitor/core/etcd/fail-call'
import { type EtcdFailure, isNotReached } from '@etcdmonitor/core/etcd/failure'
import type { CallOptions } from '@etcdmonitor/core/ports/call-options'
import type { Clock } from '@etcdmonitor/core/time'
import type { ICallable } from 'etcd3'
import type { Cluster } from '../cluster.ts'
import { type CallBudget, guardedBudget } from '../connection/call-budget.ts'
import { callError, EtcdCallError } from '../connection/call-error.ts'
import { createLimiter } from '../connection/limiter.ts'
import type { OneConnection } from '../connection/one-connection.ts'
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

type ChangeRun<T> = (client: ICallable<string>, url: string) => Promise<T>

/** Calls that any voter may answer. They reject with an AppError, or the reason of the budget's signal. */
export interface KvCalls {
  start(options: CallOptions | undefined, limit?: number): CallBudget
  read<T>(call: KvCall, budget: CallBudget, how: ReadHow): Promise<T>
  /** The same for several calls of which all must be answered by one member. */
  readBy<T>(run: (client: ICallable<string>) => Promise<T>, budget: CallBudget, how: ReadHow): Promise<T>
  /** One attempt; another voter is taken only while nothing was sent. */
  change<T>(call: KvCall, budget: CallBudget): Promise<T>
  /** The same, over a connection on which the cluster was asked right before whether it is still this one. */
  changeThisCluster<T>(call: KvCall, options: CallOptions | undefined, limit?: number): Promise<T>
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

  async function changeBy<T>(run: ChangeRun<T>, budget: CallBudget): Promise<T> {
    try {
      const urls = candidates(await lookForLeader(), configured, 'anybody')
      return await cluster.change<T>(urls, budget, run)
    } catch (error) {
      throw error instanceof EtcdCallError
        ? withEndpoints(failChange(error.failure, undefined, error), discovery)
        : error
    }
  }

  /** @throws EtcdCallError, nothing was sent, when another cluster answers there, or nobody */
  async function askWho(url: string, budget: CallBudget, one: OneConnection): Promise<void> {
    const { outcome } = await discovery.probe(url, budget, one)
    if (!('failure' in outcome) || outcome.failure.kind === 'permission_denied') return
    throw new EtcdCallError({ ...outcome.failure, sent: false })
  }

  async function readBy<T>(
    run: (client: ICallable<string>) => Promise<T>,
    budget: CallBudget,
    { linearizable, isListing = false }: ReadHow,
  ): Promise<T> {
    try {
      const view = linearizable ? await lookForLeader() : await look()
      const urls = candidates(view, configured, linearizable ? 'anybody' : 'followers first')
      const read = () => cluster.read<T>(urls, budget, run, ATTEMPT_LIMIT)
      return await (isListing ? limitListings(urls[0] ?? '', budget, read) : read())
    } catch (error) {
      throw error instanceof EtcdCallError
        ? withEndpoints(failRead(error.failure, undefined, error), discovery)
        : error
    }
  }

  return {
    start: (options = {}, limit = DEFAULT_DEADLINE) =>
      guardedBudget(startCall({ clock, closing }, options, limit), options.mayStillSend),
    read: <T>(call: KvCall, budget: CallBudget, how: ReadHow) => readBy<T>(exec(call), budget, how),
    readBy,
    change: <T>(call: KvCall, budget: CallBudget) => changeBy<T>(exec(call), budget),
    changeThisCluster<T>(call: KvCall, options: CallOptions = {}, limit = DEFAULT_DEADLINE) {
      const budget = startCall({ clock, closing }, options, limit)
      const guarded = guardedBudget(budget, options.mayStillSend) // of the change alone, not of the question
      return changeBy<T>(async (_, url) => {
        const one: OneConnection = {}
        await askWho(url, budget, one)
        return exec<T>(call)(cluster.member(url).calling(guarded, one))
      }, budget)
    },
  }
}

/**
 * Voters that answered their last probe; then the others, since nobody is refused without trying; then endpoints that are no members. None that
 * is known to belong to another cluster. @throws EtcdCallError `wrong_cluster` when no other is left
 */
function candidates(
  view: ClusterView,
  configured: readonly string[],
  order: 'anybody' | 'followers first',
): readonly string[] {
  const foreign = [...view.members, ...view.endpoints].flatMap(({ failure }) =>
    failure?.kind === 'wrong_cluster' ? [failure] : [],
  )
  const urls = orderUrls(view, configured, order).filter(
    (url) => !foreign.some(({ endpoint }) => endpoint === url),
  )
  const [first] = foreign
  if (urls.length === 0 && first) throw new EtcdCallError({ ...first, sent: false })
  return urls
}

function orderUrls(
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
