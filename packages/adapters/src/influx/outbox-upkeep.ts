import type { Log } from '@etcdmonitor/core/ports/log'
import type { Outbox, WaitingSummary } from '@etcdmonitor/core/ports/outbox'
import type { Clock } from '@etcdmonitor/core/time'
import type { BucketWatch } from './bucket-watch.ts'
import type { Continuity } from './continuity.ts'
import type { SourceGroup } from './influx-schema.ts'
import type { Losses } from './losses.ts'
import type { NewestTicks } from './newest-ticks.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const STEADY_FOR_AGE = HOUR
const STEADY_FOR_AHEAD = 600_000
const GROUPS: readonly SourceGroup[] = ['page', 'status']

export interface OutboxUpkeepDeps {
  readonly outbox: Outbox
  readonly losses: Losses
  readonly newest: NewestTicks
  readonly continuity: Pick<Continuity, 'forget'>
  readonly bucket: Pick<BucketWatch, 'keptFrom'>
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
  readonly outboxMaxBytes: number
  readonly outboxMaxMs: number
}

/** Keeps the outbox within its bounds (storage.md 6.4). */
export interface OutboxUpkeep {
  /** One bounded piece; true: there is more. */
  maintain(time: { readonly now: number; readonly steady: number }): boolean
  dropBeyondSize(): void
  /** What the bucket does not take any more, whatever the server would answer. True: there may be more. */
  dropOutdated(): boolean
}

export function createOutboxUpkeep(deps: OutboxUpkeepDeps): OutboxUpkeep {
  const { outbox, losses, newest, continuity, bucket, log, outboxMaxBytes, outboxMaxMs } = deps

  return {
    maintain({ now, steady }) {
      if (steady >= STEADY_FOR_AHEAD) dropAhead(now)
      if (dropOutdated()) return true
      if (steady < STEADY_FOR_AGE) return false
      return drop(outbox.summaries({ before: now - outboxMaxMs }), 'outbox_full')
    },
    dropBeyondSize() {
      let excess = outbox.totals().bytes - outboxMaxBytes
      if (excess <= 0) return
      const oldest = outbox.summaries({ before: Number.MAX_SAFE_INTEGER })
      const dropped = oldest.filter(({ bytes }) => {
        const goes = excess > 0
        excess -= bytes
        return goes
      })
      drop(dropped, 'outbox_full')
    },
    dropOutdated,
  }

  function dropOutdated(): boolean {
    const from = bucket.keptFrom()
    return from > 0 && drop(outbox.summaries({ before: from - 1 }), 'outdated')
  }

  /** True: something went. */
  function drop(batches: readonly WaitingSummary[], why: 'outbox_full' | 'outdated'): boolean {
    losses.drop(batches, why)
    return batches.length > 0
  }

  /** Ticks of a wrong clock would hold those of the right one; as in the embedded store they have to be few, and apart from what came before. */
  function dropAhead(now: number): void {
    const from = aheadFrom(now)
    const members = newest.from(from)
    if (members.length === 0 || newest.runFrom() < from || newest.last() - newest.runFrom() > DAY) return
    const ahead = outbox.summaries({ after: from - 1 })
    outbox.settle({ remove: ahead.map(({ id }) => id), newest: members.map((member) => [member, 0]) })
    newest.note(members, 0)
    for (const member of members) for (const group of GROUPS) continuity.forget(member, group)
    log.warn('store_ahead_dropped', { records: ahead.length, members: members.length })
  }
}

/** The first UTC midnight that is more than 24 h after `now`. */
const aheadFrom = (now: number): number => (Math.floor((now + DAY) / DAY) + 1) * DAY
