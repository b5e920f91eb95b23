import type { DatabaseSync } from 'node:sqlite'
import type { Breath } from './breath.ts'
import type { HeadRow, HeadRows } from './head-rows.ts'
import type { StoredSeries } from './metrics-series.ts'
import type { StoredSeriesCache } from './stored-series.ts'

const PIECE = 500
/** s */
const LONGEST_INTERVAL = 3_600
const END = Number.MAX_SAFE_INTEGER

export interface NewestOfMember {
  /** Unix ms, 0 = none. */
  readonly at: number
  /** With `collector_up` 1. */
  readonly okAt: number
  /** By series id. */
  readonly bySeries: ReadonlyMap<number, number>
}

/** Newest tick of every member and series, kept while rows are added. */
export interface NewestTicks {
  /** Takes in what was added since. Calls at the same time share one pass. */
  refresh(): Promise<void>
  of(memberRow: number): NewestOfMember
}

const NONE: NewestOfMember = { at: 0, okAt: 0, bySeries: new Map() }

export function trackNewest(
  db: DatabaseSync,
  series: StoredSeriesCache,
  head: HeadRows,
  newBreath: () => Breath,
): NewestTicks {
  const known = new Map<number, OpenNewest>()
  /** Rows from here on are looked at again: a member's tick may be appended late, up to an interval after those of others. */
  let from = 0
  let pass: Promise<void> | undefined

  const takeIn = (row: HeadRow) => {
    const newest = known.get(row.member) ?? { at: 0, okAt: 0, bySeries: new Map() }
    known.set(row.member, newest)
    note(newest, row, series.of(row.member))
  }

  /** Back from each member's newest row until all its series were seen. */
  const walkBack = async (breathe: Breath) => {
    const newestAts: number[] = []
    for (const { id } of series.members()) {
      for (let to = END; ; ) {
        const rows = head.backward(id, 0, to, PIECE)
        for (const row of rows) takeIn(row)
        const last = rows.at(-1)
        if (!last || isComplete(known.get(id), series.of(id))) break
        to = last.at
        await breathe()
      }
      newestAts.push(known.get(id)?.at ?? 0)
    }
    return Math.max(0, ...newestAts)
  }

  /** Series rows and head rows of one piece belong to one state of the file. */
  const takeInPiece = (at: number): readonly HeadRow[] => {
    db.exec('BEGIN')
    try {
      const rows = head.since(at, PIECE)
      for (const row of rows) takeIn(row)
      return rows
    } finally {
      db.exec('COMMIT')
    }
  }

  const run = async () => {
    const breathe = newBreath()
    if (from === 0) from = await walkBack(breathe)
    for (;;) {
      const rows = takeInPiece(from)
      const last = rows.at(-1)
      if (last && rows.length < PIECE) from = Math.max(from, last.at - lateness(last, series.of(last.member)))
      else if (last) from = Math.max(from + 1, last.at)
      if (rows.length < PIECE) return
      await breathe()
    }
  }

  return {
    refresh: () =>
      (pass ??= run().finally(() => {
        pass = undefined
      })),
    of: (memberRow) => known.get(memberRow) ?? NONE,
  }
}

/** Two intervals: a tick is appended before the next but one begins (metrics.md 2.2). */
function lateness({ values }: HeadRow, series: readonly StoredSeries[]): number {
  const interval = series.find(({ source }) => source === 'scrape_interval_seconds')
  return 2_000 * ((interval && values[interval.place]) || LONGEST_INTERVAL)
}

interface OpenNewest extends NewestOfMember {
  at: number
  okAt: number
  readonly bySeries: Map<number, number>
}

function note(newest: OpenNewest, { at, values }: HeadRow, series: readonly StoredSeries[]): void {
  newest.at = Math.max(newest.at, at)
  for (const { id, source, place } of series) {
    const value = values[place] ?? Number.NaN
    if (Number.isNaN(value)) continue
    newest.bySeries.set(id, Math.max(newest.bySeries.get(id) ?? 0, at))
    if (source === 'collector_up' && value === 1) newest.okAt = Math.max(newest.okAt, at)
  }
}

const isComplete = (newest: OpenNewest | undefined, series: readonly StoredSeries[]): boolean =>
  newest !== undefined && newest.okAt > 0 && newest.bySeries.size >= series.length
