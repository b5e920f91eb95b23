import type { ClusterView } from '@etcdmonitor/core/etcd/cluster-view'
import type { EtcdTopology } from '@etcdmonitor/core/ports/etcd-cluster'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { Clock } from '@etcdmonitor/core/time'
import { firstOf } from '../first-of.ts'
import type { CollectorMeters } from '../self/collector-meters.ts'
import type { KnownCluster } from './known-cluster.ts'
import { pickTargets, type Targets } from './pick-targets.ts'
import { watchReplacements } from './replacements.ts'

/** Who belongs to the cluster, as last seen. */
export interface Discovery {
  /** Reads the view again, waiting at most `wait` ms. */
  refresh(wait: number): Promise<void>
  /** Undefined: no cluster id was ever seen, neither now nor by an earlier run. */
  targets(): Targets | undefined
  /** Whether the member list was read since the start. */
  isListed(): boolean
  /** Ms until the member list is to be read again: sooner while another cluster answers, which is adopted when it does so twice. */
  nextIn(): number
  /** A member answered for another cluster: unless that is known, the list is to be read again now, not when it is due. */
  suspect(): void
  /** Resolves once `suspect` is called after this. */
  untilSuspected(): Promise<void>
}

export interface DiscoveryDeps {
  readonly cluster: EtcdTopology
  readonly log: Log
  readonly settings: { readonly intervalMs: number; readonly discoveryIntervalMs: number }
  /** From the last run. */
  readonly remembered: KnownCluster | undefined
  readonly meters: Pick<CollectorMeters, 'discoveries' | 'seeMembers'>
}

const MAX_WAIT = 2_000

export function createDiscovery({ cluster, log, settings, remembered, meters }: DiscoveryDeps): Discovery {
  let view: ClusterView | undefined
  let targets = remembered && pickTargets(nobody, remembered)
  let isFailing = false
  let suspicion = Promise.withResolvers<void>()
  let findReplaced = watchReplacements()

  function logMembers(next: Targets): void {
    const before = new Set(targets?.clusterId === next.clusterId ? targets.listed : [])
    const added = next.listed.filter((id) => !before.delete(id))
    const isNew = targets?.clusterId !== next.clusterId
    if (isNew) findReplaced = watchReplacements()
    // a change while this process runs was told by the adapter
    if (isNew && targets && view?.clusterId === undefined)
      log.warn('cluster_changed', { from: targets.clusterId, to: next.clusterId })
    if (isNew)
      log.info('cluster_found', { cluster_id: next.clusterId, members: next.members.map(({ name }) => name) })
    else if (added.length + before.size > 0) log.info('members_changed', { added, removed: [...before] })
    for (const one of targets && !isNew ? findReplaced(targets, next) : [])
      log.info('member_replaced', { name: one.name, from: one.from, to: one.to })
  }

  /** Which addresses do not answer is told by the adapter. */
  function tellState({ stale, listedAt, members }: ClusterView): void {
    const fails = stale || listedAt === undefined
    meters.discoveries.add(fails ? 'failed' : 'ok')
    meters.seeMembers(members)
    if (fails === isFailing) return
    isFailing = fails
    if (fails) log.warn('discovery_failed', { members_known: targets?.members.length ?? 0 })
    else log.info('discovery_recovered')
  }

  const seesOther = () => view?.endpoints.some(({ failure }) => failure?.kind === 'wrong_cluster') ?? false
  const isListed = () => view?.listedAt !== undefined

  return {
    targets: () => targets,
    isListed,
    nextIn: () =>
      seesOther()
        ? Math.min(settings.intervalMs, settings.discoveryIntervalMs)
        : settings.discoveryIntervalMs,
    suspect() {
      if (!seesOther()) suspicion.resolve()
    },
    untilSuspected() {
      suspicion = Promise.withResolvers()
      return suspicion.promise
    },
    async refresh(wait) {
      // half of it: a reading that began a little late last time must not pass for a new one now
      const listMaxAge = (isListed() ? settings.discoveryIntervalMs : settings.intervalMs) / 2
      const seen = await cluster.view({ maxAge: settings.intervalMs / 2, listMaxAge, wait })
      const next = pickTargets(seen, remembered)
      if (next) logMembers(next)
      view = seen
      tellState(view)
      targets = next ?? targets
    },
  }
}

const nobody: ClusterView = { members: [], endpoints: [], stale: true }

/** Reads the member list at once and then as often as `nextIn` says, and when another cluster is suspected, until `signal` aborts. */
export async function discoverForEver(
  { discovery, clock, onError }: DiscoveryLoop,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await firstOf(discovery.refresh(MAX_WAIT), MAX_WAIT, { clock, signal })
    } catch (error) {
      onError(error)
    }
    await firstOf(discovery.untilSuspected(), discovery.nextIn(), { clock, signal })
  }
}

export interface DiscoveryLoop {
  readonly discovery: Discovery
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}
