import type { CollectorDeps } from '../collector.ts'
import type { Discovery } from '../discover/discovery.ts'
import type { KnownCluster, KnownMember } from '../discover/known-cluster.ts'
import { keepDescribed } from '../discover/member-memory.ts'
import type { Targets } from '../discover/pick-targets.ts'
import { firstOf } from '../first-of.ts'
import { watchClock } from '../self/clock-watch.ts'
import { createDropTally, type DropTally } from '../self/drop-tally.ts'
import { createCommitter } from './commit-tick.ts'
import { createLeaseCount } from './lease-count.ts'
import { createMemberNotes } from './member-notes.ts'
import { type PlannedTick, scrapeCluster } from './scrape-cluster.ts'

/** A tick waits this share of the interval for a member list that was never read, at most 2 s: the first sample is not a tick late. */
const WAIT_SHARE = 1 / 4
const MAX_WAIT = 2_000

export interface TickOptions {
  readonly discovery: Discovery
  readonly remembered: KnownCluster | undefined
  /** Gets bugs met on the way; the tick goes on. */
  readonly onError: (error: unknown) => void
}

/** What happens at one planned instant, from looking who is there to the description in the store. */
export function createTick(deps: CollectorDeps, { discovery, remembered, onError }: TickOptions) {
  const { clock, log, settings } = deps
  const drops = createDropTally('samples_dropped', { log, clock })
  const lookAtClock = watchClock({ clock, log })
  const maxWait = Math.min(MAX_WAIT, settings.intervalMs * WAIT_SHARE)
  let current: ClusterTick | undefined

  return async (at: number, signal: AbortSignal): Promise<void> => {
    const origin = clock.monotonic() - (clock.now() - at)
    lookAtClock(current?.newestAt())
    if (!discovery.isListed()) await firstOf(discovery.refresh(maxWait), maxWait, { clock, signal })
    signal.throwIfAborted()
    const targets = discovery.targets()
    if (!targets) return
    if (current?.clusterId !== targets.clusterId) {
      const known = remembered?.clusterId === targets.clusterId ? remembered.members : []
      current = createClusterTick(deps, { clusterId: targets.clusterId, known, drops, onError })
    }
    await current.run(targets, { at, origin, signal })
    drops.tell()
  }
}

/** The ticks of one cluster. */
interface ClusterTick {
  readonly clusterId: string
  run(targets: Targets, planned: PlannedTick): Promise<void>
  newestAt(): number | undefined
}

interface ClusterTickOptions {
  readonly clusterId: string
  readonly known: readonly KnownMember[]
  readonly drops: DropTally
  readonly onError: (error: unknown) => void
}

/** Everything that is known beside the samples is that of this cluster: two clusters may share member ids. */
function createClusterTick(
  { cluster, writer, clock, log, settings }: CollectorDeps,
  { clusterId, known, drops, onError }: ClusterTickOptions,
): ClusterTick {
  const { intervalMs, hasMetricsEndpoint = false } = settings
  const committer = createCommitter({ writer, log, drops, intervalMs })
  const notes = createMemberNotes({ log, hasMetricsEndpoint, known })
  const leases = createLeaseCount({ cluster, clock, settings, onError })
  const describe = keepDescribed({ writer, notes })
  return {
    clusterId,
    newestAt: committer.newestAt,
    async run(targets, planned) {
      const ids = targets.members.map(({ memberId }) => memberId)
      notes.keepOnly(ids)
      committer.keepOnly(ids)
      await scrapeCluster({ cluster, clock, settings, committer, notes, leases, onError }, targets, planned)
      await describe(targets)
    },
  }
}
