import type { CollectorDeps } from '../collector.ts'
import type { Discovery } from '../discover/discovery.ts'
import type { KnownCluster } from '../discover/known-cluster.ts'
import { keepDescribed } from '../discover/member-memory.ts'
import { firstOf } from '../first-of.ts'
import { watchClock } from '../self/clock-watch.ts'
import { createDropTally } from '../self/drop-tally.ts'
import { createCommitter } from './commit-tick.ts'
import { createLeaseCount } from './lease-count.ts'
import { createMemberNotes } from './member-notes.ts'
import { scrapeCluster } from './scrape-cluster.ts'

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
  const { cluster, writer, clock, log, settings } = deps
  const { intervalMs, hasMetricsEndpoint = false } = settings
  const drops = createDropTally('samples_dropped', { log, clock })
  const committer = createCommitter({ writer, log, drops, intervalMs })
  const notes = createMemberNotes({ log, hasMetricsEndpoint, known: remembered?.members ?? [] })
  const leases = createLeaseCount({ cluster, clock, settings, onError })
  const describe = keepDescribed({ writer, notes })
  const lookAtClock = watchClock({ clock, log })
  const maxWait = Math.min(MAX_WAIT, intervalMs * WAIT_SHARE)

  return async (at: number, signal: AbortSignal): Promise<void> => {
    const origin = clock.monotonic() - (clock.now() - at)
    lookAtClock(committer.newestAt())
    if (!discovery.isListed()) await firstOf(discovery.refresh(maxWait), maxWait, { clock, signal })
    signal.throwIfAborted()
    const targets = discovery.targets()
    if (!targets) return
    const ids = targets.members.map(({ memberId }) => memberId)
    notes.keepOnly(ids)
    committer.keepOnly(ids)
    const planned = { at, origin, signal }
    await scrapeCluster({ cluster, clock, settings, committer, notes, leases, onError }, targets, planned)
    await describe(targets)
    drops.tell()
  }
}
