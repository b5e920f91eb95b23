import {
  type ClusterRecord,
  emptyRecord,
  judgeProbe,
  type Probe,
  type ProbeOutcome,
  withList,
  withListOf,
  withoutList,
  withProbe,
} from '@etcdmonitor/core/etcd/cluster-record'
import { withRound } from '@etcdmonitor/core/etcd/cluster-round'
import type { ClusterView } from '@etcdmonitor/core/etcd/cluster-view'
import { describeFailure } from '@etcdmonitor/core/etcd/describe-failure'
import { type EtcdFailure, type EtcdFailureKind, isNotReached } from '@etcdmonitor/core/etcd/failure'
import { probeTargets } from '@etcdmonitor/core/etcd/member-urls'
import { toClusterView } from '@etcdmonitor/core/etcd/record-view'
import type { EtcdTopology } from '@etcdmonitor/core/ports/etcd-cluster'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { Clock } from '@etcdmonitor/core/time'
import type { Cluster } from '../cluster.ts'
import { type CallBudget, startBudget } from '../connection/call-budget.ts'
import { EtcdCallError } from '../connection/call-error.ts'
import type { OneConnection } from '../connection/one-connection.ts'
import { probeMember } from './probe.ts'
import { readMemberList } from './read-list.ts'

export interface DiscoveryOptions {
  readonly configured: readonly string[]
  readonly cluster: Cluster
  /** Milliseconds: what cannot be reached is asked at most once per interval, by rounds. */
  readonly interval: number
  readonly clock: Clock
  readonly log: Log
  readonly closing: AbortSignal
  /** What is known here of a failure besides what it says. */
  readonly explain: (failure: EtcdFailure) => EtcdFailure
  /** Looks at a configured endpoint by plain sockets, which say more exactly what is wrong; undefined: nothing is, as far as they go. */
  readonly examine: (url: string, budget: CallBudget) => Promise<EtcdFailure | undefined>
}

export interface Discovery extends Pick<EtcdTopology, 'view'> {
  /** What is known now. */
  record(): ClusterRecord
  /** Asks the URL at once; what it says enters the view. Rejects with the reason of the budget's signal alone. */
  probe(url: string, budget: CallBudget, one?: OneConnection): Promise<Probe>
  /** The URL has answered a call: the next round asks it, however lately it could not be reached. */
  endRest(url: string): void
}

/** Of these a library for gRPC tells less than there is to see, or guesses. */
const INEXACT: ReadonlySet<EtcdFailureKind> = new Set([
  'tls_untrusted',
  'tls_name',
  'tls_expired',
  'tls_protocol',
  'not_etcd',
  'connection_lost',
])
const isInexact = ({ kind, sent }: EtcdFailure): boolean => !sent && INEXACT.has(kind)

const PROBE_LIMIT = 3_000
const LIST_LIMIT = 3_000
const DEFAULTS = { maxAge: 5_000, wait: 2_000, listMaxAge: 60_000, rest: Number.POSITIVE_INFINITY }
const NEVER = Number.NEGATIVE_INFINITY

/** Who is in the cluster and how they are: rounds of probes and readings of the member list, when a view asks for them. */
export function createDiscovery({
  configured,
  cluster,
  interval,
  clock,
  log,
  closing,
  explain,
  examine,
}: DiscoveryOptions): Discovery {
  let record = emptyRecord(configured)
  let refreshedAt = NEVER
  let listedAt = NEVER
  let listTriedAt = NEVER
  let refreshing: Promise<void> | undefined
  const probedAt = new Map<string, number>()

  async function probe(url: string, budget: CallBudget, one?: OneConnection): Promise<Probe> {
    const started = clock.monotonic()
    probedAt.set(url, started)
    const outcome = await ask(url, budget, one)
    const latencyMs = Math.round(clock.monotonic() - started)
    const done = judgeProbe(record, { url, at: clock.now(), latencyMs, outcome })
    const before = record
    record = withProbe(record, done)
    logChange(log, { url, before, after: record })
    return done
  }

  /** What failed like that before is examined in place of being asked, so that nobody is dialled twice in an interval. */
  async function ask(url: string, budget: CallBudget, one?: OneConnection): Promise<ProbeOutcome> {
    const mayExamine = !one && configured.includes(url)
    const before = record.urls.get(url)?.failure
    if (mayExamine && before && isInexact(before)) {
      const failure = await examine(url, budget)
      if (failure) return { failure }
    }
    const found = await probeMember(cluster.member(url), budget, one)
    if (!('failure' in found)) return found
    const isNew = before?.kind !== found.failure.kind
    const exact = mayExamine && isNew && isInexact(found.failure) ? await examine(url, budget) : undefined
    return exact ? { failure: exact } : { ...found, failure: explain(found.failure) }
  }

  /** What could not be reached rests for an interval, however many pages ask for views. A connection that broke does not. */
  const isResting = (url: string, rest: number): boolean => {
    const failure = record.urls.get(url)?.failure
    if (failure === undefined || failure.sent || !isNotReached(failure)) return false
    return clock.monotonic() - (probedAt.get(url) ?? NEVER) < Math.min(rest, interval)
  }

  const onList = (url: string, isOfMember: boolean) => {
    record = withListOf(record, url, isOfMember)
  }

  async function readList(probes: readonly Promise<Probe>[]): Promise<void> {
    const budget = startBudget(clock, LIST_LIMIT, closing)
    try {
      const first = await Promise.any(probes.map(untilVoterAnswers))
      const list = await readMemberList({ cluster, record, first, budget, clock, onList })
      record = withList(record, list)
      if (!record.isListStale) listedAt = clock.monotonic()
      forgetUnused()
    } catch (error) {
      closing.throwIfAborted()
      // AggregateError: nobody answered
      if (!(error instanceof EtcdCallError || error instanceof AggregateError)) throw error
      record = withoutList(record)
    } finally {
      listTriedAt = clock.monotonic()
    }
  }

  function forgetUnused(): void {
    const advertised = (record.members ?? []).flatMap(({ clientUrls }) => clientUrls)
    const used = new Set([...record.configured, ...advertised])
    cluster.keep(used)
    for (const url of probedAt.keys()) if (!used.has(url)) probedAt.delete(url)
  }

  async function refresh(listMaxAge: number, rest: number): Promise<void> {
    const { clusterId } = record
    const asked = new Set<string>()
    const askAll = (urls: readonly string[]) =>
      urls
        .filter((url) => !asked.has(url) && !isResting(url, rest))
        .map((url) => {
          asked.add(url)
          return probe(url, startBudget(clock, PROBE_LIMIT, closing))
        })
    const first = askAll(probeTargets(record))
    const isListDue = clock.monotonic() - listedAt > listMaxAge
    await Promise.all([...first, isListDue ? readList(first) : undefined])
    await Promise.all(askAll(probeTargets(record))) // what the list brought
    refreshedAt = clock.monotonic()
    if (asked.size > 0) record = withRound(record, clock.now())
    if (clusterId === undefined || record.clusterId === clusterId) return
    log.warn('cluster_changed', { from: clusterId, to: record.clusterId })
    listedAt = NEVER
    await refresh(listMaxAge, rest) // of the new one nothing is known yet
  }

  async function view(options: Parameters<EtcdTopology['view']>[0] = {}): Promise<ClusterView> {
    const { maxAge, wait, listMaxAge, rest } = { ...DEFAULTS, ...options }
    const now = clock.monotonic()
    // a list that cannot be read is no reason to ask more often than without it
    const isListDue = now - listedAt > listMaxAge && now - listTriedAt > maxAge
    if (!closing.aborted && (now - refreshedAt > maxAge || isListDue)) {
      refreshing ??= refresh(listMaxAge, rest)
        .catch((error: unknown) => {
          if (!closing.aborted) log.error('etcd_view_failed', { error })
        })
        .finally(() => {
          refreshing = undefined
        })
      const waiting = new AbortController()
      await Promise.race([refreshing, clock.sleep(wait, waiting.signal)])
      waiting.abort()
    }
    return toClusterView(record)
  }

  return { view, probe, record: () => record, endRest: (url) => void probedAt.delete(url) }
}

/** Its URL. @throws Error when the member cannot be asked for a list */
async function untilVoterAnswers(probe: Promise<Probe>): Promise<string> {
  const { url, outcome } = await probe
  if (!mayHaveList(outcome)) throw new Error(`no list from ${url}`)
  return url
}

function mayHaveList(outcome: ProbeOutcome): boolean {
  if ('isProxy' in outcome) return false
  return 'status' in outcome ? !outcome.status.isLearner : outcome.failure.kind === 'permission_denied'
}

interface Change {
  readonly url: string
  readonly before: ClusterRecord
  readonly after: ClusterRecord
}

/** One line when an endpoint begins to fail, fails otherwise, or answers again. */
function logChange(log: Log, { url, before, after }: Change): void {
  const known = before.urls.get(url)
  const failure = after.urls.get(url)?.failure
  if (known?.failure?.kind === failure?.kind && known !== undefined) return
  if (!failure) {
    if (known) log.info('etcd_endpoint_answers', { endpoint: url })
    return
  }
  const { stage, kind } = failure
  log.warn('etcd_endpoint_failed', { endpoint: url, stage, kind, error: describeFailure(failure) })
}
