import type { DatabaseSync } from 'node:sqlite'
import { addColumns, openSlots, toColumns } from '@etcdmonitor/core/metrics/slots/merge-slots'
import type { DamageWatch } from '../metrics-damage.ts'
import { DAY, rollupId } from '../metrics-keys.ts'
import type { StoredSeries } from '../metrics-series.ts'
import { coarsen } from '../upkeep/day-cells.ts'
import { type Cells, type CellsCache, cellsOf, decodeCells, FINE, type Tier } from '../upkeep/rollup-rows.ts'

export interface RollupDay {
  readonly day: number
  /** Of its cells, ms: those of the tier, or wider ones that divide the day. */
  readonly width: number
  /** Up to where the day is sealed. */
  readonly until: number
  /** Undefined: there are none. */
  cells(series: StoredSeries): Cells | 'damaged' | undefined
  /** Has fine cells that were folded from samples stand for a row that is damaged, and gives them in the width of the others. */
  mend(series: StoredSeries, fine: Cells | undefined): Cells | undefined
}

export interface RollupDayAsk {
  readonly tier: Tier
  /** A multiple of the tier's cell that divides the day, ms; where the day is not over, it divides a window too. */
  readonly width: number
  /** UTC day number. */
  readonly day: number
  readonly series: readonly StoredSeries[]
  /** Up to where the day is sealed: its end, or the end of its newest sealed window. What its cells hold behind that is not to be used. */
  readonly until: number
}

export interface RollupDays {
  /** What is kept of one UTC day; undefined: not all of it. Outside of transactions. */
  kept(ask: RollupDayAsk): RollupDay | undefined
  /** Inside a transaction. */
  read(ask: RollupDayAsk): RollupDay
}

export interface RollupDaysDeps {
  readonly db: DatabaseSync
  readonly damage: DamageWatch
  readonly cache?: CellsCache
}

/** Rollups by UTC day, kept as they were asked for: each view of the same dashboard has slots of the same width. */
export function openRollupDays({ db, damage, cache }: RollupDaysDeps): RollupDays {
  // Ids are bound as bigint: node:sqlite binds every number as REAL.
  const select = {
    r5: db.prepare('SELECT v FROM r5 WHERE id = ?'),
    r30: db.prepare('SELECT v FROM r30 WHERE id = ?'),
  }
  const openDay = (ask: RollupDayAsk) => {
    const { tier, width, day, until } = ask
    const keep = (one: StoredSeries, of: number, cells: Cells | undefined) => {
      cache?.set({ width: of, day, series: one.id, until }, cells)
      return cells
    }
    const widen = (one: StoredSeries, cells: Cells | undefined) =>
      width === tier.cell ? cells : keep(one, width, cells && widenCells(one, tier, cells, width))
    const keepAll = (one: StoredSeries, cells: Cells | undefined) => widen(one, keep(one, tier.cell, cells))
    const fromFine = (one: StoredSeries, fine: Cells | undefined) =>
      tier === FINE ? fine : fine && coarsen(one, fine)
    return {
      keepAll,
      widen,
      fromFine,
      mend: (one: StoredSeries, fine: Cells | undefined) => keepAll(one, fromFine(one, fine)),
    }
  }
  const read: RollupDays['read'] = (ask) => {
    const { tier, width, day, series, until } = ask
    const { keepAll, widen, fromFine, mend } = openDay(ask)
    const blobs = new Map<number, Uint8Array>()
    const found = new Map<number, Cells | undefined>() // the cache may drop them before they are asked for
    /** Where a coarse row is damaged, of the fine one: its cells are those of that one, added up. */
    const decode = (one: StoredSeries, blob: Uint8Array) => {
      const cells = decodeCells(tier, day, one, blob, damage)
      const fine = cells || tier === FINE ? undefined : select.r5.get(BigInt(rollupId(day, one.id)))?.v
      if (!fine) return cells
      return fromFine(one, decodeCells(FINE, day, one, fine as Uint8Array, damage)) // a BLOB column
    }
    for (const one of series) {
      const kept = cache?.get({ width, day, series: one.id, until })
      const narrow = kept ?? cache?.get({ width: tier.cell, day, series: one.id, until })
      if (narrow) found.set(one.id, kept ? kept.cells : widen(one, narrow.cells))
      if (narrow) continue
      const blob = select[tier.table].get(BigInt(rollupId(day, one.id)))?.v
      if (blob)
        blobs.set(one.id, blob as Uint8Array) // a BLOB column
      else keepAll(one, undefined)
    }
    return {
      day,
      width,
      until,
      cells(one) {
        const blob = blobs.get(one.id)
        if (!blob) return found.get(one.id)
        const cells = decode(one, blob)
        return cells ? keepAll(one, cells) : 'damaged'
      },
      mend,
    }
  }

  return {
    read,
    kept(ask) {
      if (!cache) return undefined
      const { width, day, series, until } = ask
      const found = new Map<number, Cells | undefined>()
      for (const { id } of series) {
        const kept = cache.get({ width, day, series: id, until })
        if (!kept) return undefined
        found.set(id, kept.cells)
      }
      return { day, width, until, cells: ({ id }) => found.get(id), mend: openDay(ask).mend }
    },
  }
}

function widenCells(one: StoredSeries, tier: Tier, cells: Cells, width: number): Cells {
  const each = width / tier.cell
  const slotOf = new Int32Array(cellsOf(tier))
  for (let i = 0; i < slotOf.length; i++) slotOf[i] = Math.floor(i / each)
  const slots = openSlots(one, DAY / width, () => true)
  addColumns(slots, cells, slotOf)
  return toColumns(slots)
}
