import type { CollectorDeps } from '../deps.ts'
import type { Discovery } from '../discover/discovery.ts'
import type { KnownCluster } from '../discover/known-cluster.ts'
import { keepDescribed } from '../discover/member-memory.ts'
import type { Targets } from '../discover/pick-targets.ts'
import { firstOf } from '../first-of.ts'
import { watchClock } from '../self/clock-watch.ts'
import type { CollectorMeters } from '../self/collector-meters.ts'
import { createDataGuard } from '../self/data-guard.ts'
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
  readonly meters: CollectorMeters
  /** Gets bugs met on the way; the tick goes on. */
  readonly onError: (error: unknown) => void
  readonly onStandstill: () => void
}

/** What happens at one planned instant, from looking who is there to the description in the store. */
export function createTick(deps: CollectorDeps, { discovery, remembered, meters, ...report }: TickOptions) {
  const { clock, log, settings } = deps
  const tally = createDropTally('samples_dropped', { log, clock })
  const drops: Pick<DropTally, 'add'> = {
    add(counts) {
      tally.add(counts)
      meters.dropAll(counts)
    },
  }
  const lookAtClock = watchClock({ clock, log, steps: meters.clockSteps })
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
      const { clusterId } = targets
      const known = remembered?.clusterId === clusterId ? remembered : { clusterId, members: [] }
      const onOtherCluster = discovery.suspect
      current = createClusterTick(deps, { known, drops, meters, onOtherCluster, ...report })
    }
    await current.run(targets, { at, origin, signal })
    tally.tell()
  }
}

/** The ticks of one cluster. */
interface ClusterTick {
  readonly clusterId: string
  run(targets: Targets, planned: PlannedTick): Promise<void>
  newestAt(): number | undefined
}

interface ClusterTickOptions extends Pick<TickOptions, 'meters' | 'onError' | 'onStandstill'> {
  readonly known: KnownCluster
  readonly drops: Pick<DropTally, 'add'>
  readonly onOtherCluster: () => void
}

/** Everything that is known beside the samples is that of this cluster: two clusters may share member ids. */
function createClusterTick(
  { cluster, writer, clock, log, settings }: CollectorDeps,
  { known, drops, meters, ...report }: ClusterTickOptions,
): ClusterTick {
  const { intervalMs, hasMetricsEndpoint = false } = settings
  const committer = createCommitter({
    writer,
    clock,
    log,
    drops,
    meters,
    intervalMs,
    hasHeld: known.isHolding,
  })
  const notes = createMemberNotes({ log, hasMetricsEndpoint, known: known.members })
  const leases = createLeaseCount({ cluster, clock, settings, onError: report.onError })
  const describe = keepDescribed({ writer, notes, clock })
  const guard = createDataGuard({ log, clusterId: known.clusterId, known: known.data, reset: known.reset })
  return {
    clusterId: known.clusterId,
    newestAt: committer.newestAt,
    async run(targets, planned) {
      const ids = targets.members.map(({ memberId }) => memberId)
      notes.keepOnly(ids)
      committer.keepOnly(ids)
      const deps = { cluster, clock, settings, committer, notes, leases, meters, ...report }
      const statuses = await scrapeCluster(deps, targets, planned)
      guard.take({ at: planned.at, statuses, voters: targets.voters })
      await describe(targets, {
        data: guard.position(),
        reset: guard.reset(),
        isHolding: committer.isHolding(),
      })
    },
  }
}
