import { gzipSync } from 'node:zlib'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { Outbox, OutboxBatch, WaitingBatch, WaitingSummary } from '@etcdmonitor/core/ports/outbox'
import type { Clock } from '@etcdmonitor/core/time'
import { unpackLines } from './batch-body.ts'
import type { Continuity } from './continuity.ts'
import type { SourceGroup } from './influx-schema.ts'
import { encodeMark, markMember, splitFields } from './line-protocol.ts'

const TELL_INTERVAL = 60_000
const REASONS: Readonly<Record<number, string>> = {
  400: 'the server cannot read it',
  413: 'it is too large',
  422: 'a field has another type in the bucket, or the tick is older than what the bucket keeps',
}
const OTHER_REASON = 'the server fails on it'

/** What the store never gets: counted, told, and marked where it is missing (storage.md 6.2, 6.4). */
export interface Losses {
  /** Drops batches whole, oldest first. */
  drop(batches: readonly Omit<WaitingSummary, 'bytes'>[], why: 'outbox_full' | 'outdated' | 'damaged'): void
  /** Ends the wait of a batch, but for the lines that were refused with this status. */
  giveUp(batch: WaitingBatch, bad: readonly string[], status: number): void
  /** Counts values that were left out. */
  count(values: number): void
  /** Values since the last call; only what there is to tell. */
  take(): Readonly<Partial<Record<'outbox_full' | 'refused', number>>>
}

export interface LossesDeps {
  readonly outbox: Outbox
  readonly continuity: Pick<Continuity, 'forget'>
  readonly log: Log
  readonly clock: Pick<Clock, 'monotonic'>
}

export function createLosses({ outbox, continuity, log, clock }: LossesDeps): Losses {
  const taken = { outbox_full: 0, refused: 0 }
  const untold = { records: 0, samples: 0 }
  let toldAt = Number.NEGATIVE_INFINITY

  return {
    drop(batches, why) {
      if (batches.length === 0) return
      outbox.settle({ remove: batches.map(({ id }) => id), replace: markedAfter(newestOf(batches)) })
      const samples = batches.reduce((sum, one) => sum + one.samples, 0)
      taken.outbox_full += samples
      untold.records += batches.length
      untold.samples += samples
      if (clock.monotonic() - toldAt < TELL_INTERVAL) return
      toldAt = clock.monotonic()
      log.warn('outbox_dropping', { reason: why, records: untold.records, samples: untold.samples })
      Object.assign(untold, { records: 0, samples: 0 })
    },
    giveUp(batch, bad, status) {
      const isWhole = bad.length >= batch.lines
      const own = isWhole
        ? []
        : Object.keys(batch.members).map((member) => encodeMark({ ...idsOf(member), at: batch.at }))
      outbox.settle({
        remove: [batch.id],
        refused: bad.map((line) => ({ at: batch.at, status, reason: REASONS[status] ?? OTHER_REASON, line })),
        add: toMarks(own, batch.at),
        replace: markedAfter(newestOf([batch])),
      })
      taken.refused += isWhole ? batch.samples : bad.reduce((sum, line) => sum + splitFields(line).length, 0)
    },
    count(values) {
      taken.refused += values
    },
    take() {
      const counted = Object.fromEntries(Object.entries(taken).filter(([, count]) => count > 0))
      Object.assign(taken, { outbox_full: 0, refused: 0 })
      return counted
    },
  }

  /** The first later tick of each group with its mark; where none waits the next one to come gets it. What was sent before was marked then. */
  function markedAfter(lost: readonly LostTick[]): readonly Pick<WaitingBatch, 'id' | 'body'>[] {
    const marked = new Map<number, readonly string[]>()
    for (const { member, group, at } of lost) {
      const next = outbox.nextTick(member, group, at)
      const lines = next && (marked.get(next.id) ?? unpackLines(next.body))
      if (next && lines?.length) marked.set(next.id, markMember(lines, idsOf(member)))
      else continuity.forget(member, group)
    }
    return [...marked].map(([id, lines]) => ({ id, body: gzipSync(lines.join('\n')) }))
  }
}

interface LostTick {
  readonly member: string
  readonly group: SourceGroup
  readonly at: number
}

/** The newest that is lost of each member and group. */
function newestOf(batches: readonly Pick<WaitingSummary, 'at' | 'members'>[]): readonly LostTick[] {
  const newest = new Map<string, LostTick>()
  for (const { at, members } of batches)
    for (const [member, groups] of Object.entries(members))
      for (const group of groups as readonly SourceGroup[]) {
        const key = `${member} ${group}`
        if (at > (newest.get(key)?.at ?? Number.NEGATIVE_INFINITY)) newest.set(key, { member, group, at })
      }
  return [...newest.values()]
}

/** A batch that is no tick; none for no lines. */
const toMarks = (lines: readonly string[], at: number): readonly OutboxBatch[] =>
  lines.length === 0
    ? []
    : [{ at, members: {}, lines: lines.length, samples: 0, body: gzipSync(lines.join('\n')) }]

/** How the outbox names a member. */
export const memberKey = (clusterId: string, memberId: string): string => `${clusterId}/${memberId}`

function idsOf(key: string): { readonly clusterId: string; readonly memberId: string } {
  const [clusterId = '', memberId = ''] = key.split('/')
  return { clusterId, memberId }
}
