import type { DatabaseSync } from 'node:sqlite'
import { LOOK_BACK, type MemberRef } from '@etcdmonitor/core/ports/metrics-store'
import type { HeadRow, HeadRows } from '../head-rows.ts'
import type { DamageWatch } from '../metrics-damage.ts'
import { chunkId, DAY, dayOf, rollupId, WINDOW, windowId, windowOf } from '../metrics-keys.ts'
import type { StoredMemberRow, StoredSeries } from '../metrics-series.ts'
import { type Cells, type CellsCache, decodeCells, type Tier } from '../upkeep/rollup-rows.ts'
import type { Breath } from './breath.ts'
import { prepareReadPruned } from './metrics-horizon.ts'
import { headStretch, type SealedWindow, type Stretch, sealedStretch } from './stretch.ts'

export interface ReadAsk {
  readonly from: number
  readonly to: number
  /** Where rollups may stand for samples; absent: samples alone. */
  readonly tier?: Tier | undefined
}

/** What a window of a member is made of, as one transaction saw it: what is sealed there does not change any more. */
export interface ReadPlan {
  /** From here on there are samples, with their look-back: `from`, or behind what rollups answer. At most `to`. */
  readonly samplesFrom: number
  /** UTC days of rollups, and sealed windows; ascending. */
  readonly days: readonly number[]
  readonly windows: readonly number[]
  /** Samples that are not sealed. */
  readonly rows: readonly HeadRow[]
}

/** What was read of a member for a window; decoded when it is asked for. */
export interface MemberRead {
  readonly member: MemberRef
  readonly samplesFrom: number
  /** Ascending. */
  readonly stretches: readonly Stretch[]
  /** Days of rollups, ascending, with the cells of a series where it has some; cells from `samplesFrom` on are not to be used. */
  readonly days: readonly RollupDay[]
}

export interface RollupDay {
  readonly day: number
  /** Undefined: there are none, or they are damaged. */
  cells(series: StoredSeries): Cells | undefined
  /** A row is there, be it damaged. */
  holds(series: StoredSeries): boolean
}

export interface SampleTables {
  /** Inside the transaction that read the row of `member`. */
  plan(member: StoredMemberRow, ask: ReadAsk): ReadPlan
  /** Rollups of one UTC day, inside a transaction; `isClosed`: they cannot change any more. */
  day(tier: Tier, day: number, series: readonly StoredSeries[], isClosed: boolean): RollupDay
  /** What is sealed in a window of `series`, inside a transaction. Undefined: nothing. */
  window(member: StoredMemberRow, series: readonly StoredSeries[], window: number): SealedWindow | undefined
  /** Of what was read of it. Undefined: it is damaged. */
  unseal(window: SealedWindow): Stretch | undefined
}

export interface SampleTablesDeps {
  readonly db: DatabaseSync
  readonly head: HeadRows
  readonly damage: DamageWatch
  readonly cache?: CellsCache
}

export function openSampleTables({ db, head, damage, cache }: SampleTablesDeps): SampleTables {
  // Ids are bound as bigint: node:sqlite binds every number as REAL.
  const ticks = db.prepare('SELECT ts FROM win WHERE id = ?')
  const chunk = db.prepare('SELECT v FROM chunk WHERE id = ?')
  const rollup = {
    r5: db.prepare('SELECT v FROM r5 WHERE id = ?'),
    r30: db.prepare('SELECT v FROM r30 WHERE id = ?'),
  }
  const readPruned = prepareReadPruned(db)
  const blobOf = (row: Readonly<Record<string, unknown>> | undefined) => row?.v as Uint8Array | undefined // a BLOB column

  const day: SampleTables['day'] = (tier, number, series, isClosed) => {
    const blobs = new Map<number, Uint8Array>()
    const decoded = new Map<number, Cells | undefined>() // the cache may drop them before they are asked for
    for (const { id } of series) {
      const kept = cache?.get(tier, number, id)
      if (kept) decoded.set(id, kept.cells)
      if (kept) continue
      const blob = blobOf(rollup[tier.table].get(BigInt(rollupId(number, id))))
      if (blob) blobs.set(id, blob)
      else if (isClosed) cache?.set(tier, number, id, undefined)
    }
    return {
      day: number,
      holds: ({ id }) => blobs.has(id) || decoded.get(id) !== undefined,
      cells(one) {
        const blob = blobs.get(one.id)
        if (!blob) return decoded.get(one.id)
        const cells = decodeCells(tier, number, one, blob, damage)
        if (isClosed) cache?.set(tier, number, one.id, cells)
        return cells
      },
    }
  }

  return {
    plan({ id, sealedTo, firstAt }, { from, to, tier }) {
      const { to: firstWindow = 0, day: firstDay = 0 } = readPruned()
      const first = Math.max(from, firstAt)
      const samplesFrom = tier ? Math.min(to, Math.max(from, sealedTo)) : from
      const days = tier ? numbers(Math.max(dayOf(first), firstDay), dayOf(samplesFrom - 1) + 1) : []
      if (samplesFrom >= to) return { samplesFrom, days, windows: [], rows: [] }
      const seamFrom = windowOf(Math.max(samplesFrom, firstAt) - LOOK_BACK)
      return {
        samplesFrom,
        days,
        windows: numbers(Math.max(seamFrom, firstWindow), windowOf(Math.min(to, sealedTo) - 1) + 1),
        rows: to > sealedTo ? head.rows(id, sealedTo, to) : [],
      }
    },
    day,
    window(member, series, window) {
      const row = ticks.get(BigInt(windowId(window, member.id)))
      if (!row) return undefined
      const chunks = new Map<number, Uint8Array>()
      for (const { id } of series) {
        const blob = blobOf(chunk.get(BigInt(chunkId(window, id))))
        if (blob) chunks.set(id, blob)
      }
      return { window, member: member.id, ts: row.ts as Uint8Array, chunks } // a BLOB column
    },
    unseal: (window) => sealedStretch(window, damage),
  }
}

const numbers = (first: number, end: number): readonly number[] =>
  Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i)

interface CompleteAsk extends ReadAsk {
  readonly member: StoredMemberRow
  /** Those whose samples and cells may be asked for. */
  readonly series: readonly StoredSeries[]
  readonly plan: ReadPlan
  readonly tables: SampleTables
  readonly transact: <T>(work: () => T) => T
  /** Is told the ticks that lie in the window for certain. */
  readonly foresee: (ticks: number) => void
  readonly breathe: Breath
}

/** Reads what is sealed, day by day and window by window: all of it at once would hold up others for long. */
export async function completeRead(ask: CompleteAsk): Promise<MemberRead> {
  const { member, series, plan, tables, transact, foresee, breathe, tier, from, to } = ask
  const days: RollupDay[] = []
  for (const day of plan.days) {
    await breathe()
    const isClosed = (day + 1) * DAY <= member.sealedTo
    if (tier) days.push(transact(() => tables.day(tier, day, series, isClosed)))
  }
  const stretches: Stretch[] = []
  let ticks = 0
  for (const window of plan.windows) {
    await breathe()
    const sealed = transact(() => tables.window(member, series, window))
    const stretch = sealed && tables.unseal(sealed)
    if (!stretch) continue
    stretches.push(stretch)
    if (window * WINDOW < from || (window + 1) * WINDOW > to) continue
    ticks += stretch.times.length
    foresee(ticks)
  }
  const { samplesFrom, rows } = plan
  if (samplesFrom < to) stretches.push(headStretch(rows))
  return { member: refOf(member), samplesFrom, stretches, days }
}

const refOf = ({ clusterId, memberId }: StoredMemberRow): MemberRef => ({ clusterId, memberId })
