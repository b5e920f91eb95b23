import type { DatabaseSync } from 'node:sqlite'
import { LOOK_BACK, type MemberRef } from '@etcdmonitor/core/ports/metrics-store'
import type { HeadRows } from '../head-rows.ts'
import type { DamageWatch } from '../metrics-damage.ts'
import { chunkId, DAY, dayOf, rollupId, windowId, windowOf } from '../metrics-keys.ts'
import type { StoredMemberRow, StoredSeries } from '../metrics-series.ts'
import { type Cells, type CellsCache, decodeCells, type Tier } from '../upkeep/rollup-rows.ts'
import { headStretch, type SealedWindow, type Stretch, sealedStretch } from './stretch.ts'

export interface ReadAsk {
  readonly from: number
  readonly to: number
  /** Where rollups may stand for samples; absent: samples alone. */
  readonly tier?: Tier | undefined
}

/** What one transaction read of a member for a window; decoded when it is asked for. */
export interface MemberRead {
  readonly member: MemberRef
  /** From here on there are samples, with their look-back: `from`, or behind what rollups answer. At most `to`. */
  readonly samplesFrom: number
  /** Ascending. */
  readonly stretches: () => readonly Stretch[]
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
  /** Inside a transaction. `series`: those whose samples may be asked for. */
  read(member: StoredMemberRow, series: readonly StoredSeries[], ask: ReadAsk): MemberRead
  /** Rollups of one UTC day, inside a transaction; `isClosed`: they cannot change any more. */
  day(tier: Tier, day: number, series: readonly StoredSeries[], isClosed: boolean): RollupDay
  /** The newest of the windows of a day in which one of `series` has samples. */
  windowOnDay(member: StoredMemberRow, series: readonly StoredSeries[], day: number): Stretch | undefined
}

export interface SampleTablesDeps {
  readonly db: DatabaseSync
  readonly head: HeadRows
  readonly damage: DamageWatch
  readonly cache?: CellsCache
}

export function openSampleTables({ db, head, damage, cache }: SampleTablesDeps): SampleTables {
  // Ids are bound as bigint: node:sqlite binds every number as REAL.
  const windows = db.prepare('SELECT id, ts FROM win WHERE id >= ? AND id < ? AND id & 8191 = ? ORDER BY id')
  const chunk = db.prepare('SELECT v FROM chunk WHERE id = ?')
  const rollup = {
    r5: db.prepare('SELECT v FROM r5 WHERE id = ?'),
    r30: db.prepare('SELECT v FROM r30 WHERE id = ?'),
  }
  const blobOf = (row: Readonly<Record<string, unknown>> | undefined) => row?.v as Uint8Array | undefined // a BLOB column

  const readWindows = (
    member: StoredMemberRow,
    series: readonly StoredSeries[],
    first: number,
    end: number,
  ): SealedWindow[] =>
    windows.all(BigInt(windowId(first, 0)), BigInt(windowId(end, 0)), BigInt(member.id)).map(({ id, ts }) => {
      const window = Math.floor(Number(id) / windowId(1, 0))
      const chunks = new Map<number, Uint8Array>()
      for (const one of series) {
        const blob = blobOf(chunk.get(BigInt(chunkId(window, one.id))))
        if (blob) chunks.set(one.id, blob)
      }
      return { window, member: member.id, ts: ts as Uint8Array, chunks } // a BLOB column
    })
  const unseal = (sealed: readonly SealedWindow[]) =>
    sealed.flatMap((window) => sealedStretch(window, damage) ?? [])

  const readDay: SampleTables['day'] = (tier, day, series, isClosed) => {
    const blobs = new Map<number, Uint8Array>()
    const decoded = new Map<number, Cells | undefined>() // the cache may drop them before they are asked for
    for (const { id } of series) {
      const kept = cache?.get(tier, day, id)
      if (kept) decoded.set(id, kept.cells)
      if (kept) continue
      const blob = blobOf(rollup[tier.table].get(BigInt(rollupId(day, id))))
      if (blob) blobs.set(id, blob)
      else if (isClosed) cache?.set(tier, day, id, undefined)
    }
    return {
      day,
      holds: ({ id }) => blobs.has(id) || decoded.get(id) !== undefined,
      cells(one) {
        const blob = blobs.get(one.id)
        if (!blob) return decoded.get(one.id)
        const cells = decodeCells(tier, day, one, blob, damage)
        if (isClosed) cache?.set(tier, day, one.id, cells)
        return cells
      },
    }
  }

  return {
    read(member, series, { from, to, tier }) {
      const { sealedTo, firstAt } = member
      const first = Math.max(from, firstAt)
      const samplesFrom = tier ? Math.min(to, Math.max(from, sealedTo)) : from
      const days: RollupDay[] = []
      if (tier)
        for (let day = dayOf(first); day * DAY < samplesFrom; day++)
          days.push(readDay(tier, day, series, (day + 1) * DAY <= sealedTo))
      if (samplesFrom >= to) return { member: refOf(member), samplesFrom, stretches: () => [], days }
      const seamFrom = Math.max(samplesFrom, firstAt) - LOOK_BACK
      const sealed = readWindows(member, series, windowOf(seamFrom), windowOf(Math.min(to, sealedTo) - 1) + 1)
      const rows = to > sealedTo ? head.rows(member.id, sealedTo, to) : []
      let stretches: readonly Stretch[] | undefined
      return {
        member: refOf(member),
        samplesFrom,
        stretches: () => (stretches ??= [...unseal(sealed), headStretch(rows)]),
        days,
      }
    },
    day: readDay,
    windowOnDay(member, series, day) {
      const sealed = readWindows(member, series, windowOf(day * DAY), windowOf((day + 1) * DAY))
      return unseal(sealed.filter(({ chunks }) => chunks.size > 0)).at(-1)
    },
  }
}

const refOf = ({ clusterId, memberId }: StoredMemberRow): MemberRef => ({ clusterId, memberId })
