import { columnCount } from '@etcdmonitor/core/metrics/slots/merge-slots'
import { CorruptColumn } from '../columns/column-bytes.ts'
import { decodeColumn } from '../columns/column-codec.ts'
import { splitGroup } from '../columns/column-group.ts'
import { openBlob } from '../columns/metrics-blob.ts'
import type { DamageWatch } from '../metrics-damage.ts'
import { DAY, rollupId } from '../metrics-keys.ts'
import type { StoredSeries } from '../metrics-series.ts'
import { undamaged } from '../reading/stretch.ts'

/** Rows of one series and UTC day, by the length of their cells. */
export interface Tier {
  readonly table: 'r5' | 'r30'
  /** ms */
  readonly cell: number
}

export const FINE: Tier = { table: 'r5', cell: 300_000 }
export const COARSE: Tier = { table: 'r30', cell: 1_800_000 }

export const cellsOf = ({ cell }: Tier): number => DAY / cell

/** By column as in storage.md 5.7, one entry a cell, NaN where it has nothing. */
export type Cells = readonly Float64Array[]

/** Undefined for what is damaged. */
export function decodeCells(
  tier: Tier,
  day: number,
  series: StoredSeries,
  blob: Uint8Array,
  damage: DamageWatch,
): Cells | undefined {
  return undamaged(damage, tier.table, () => {
    const body = openBlob(tier.table, rollupId(day, series.id), blob)
    const parts = body && splitGroup(body)
    if (parts && parts.length !== columnCount(series)) throw new CorruptColumn('a rollup has other columns')
    return parts?.map((part) => decodeColumn(part, cellsOf(tier)))
  })
}

const MAX_BYTES = 67_108_864

/** Cells of a series on a day; in the width in ms that they were asked for, a multiple of the fine one. */
export interface CellsKey {
  readonly width: number
  readonly day: number
  readonly series: number
  /** Up to where the day is sealed, Unix ms: the row of a day is written anew whenever this rises, and only then. */
  readonly until: number
}

/** At most 64 MiB of the cells that were asked for last. `undefined` in it: there is no row. */
export interface CellsCache {
  get(key: CellsKey): { readonly cells: Cells | undefined } | undefined
  set(key: CellsKey, cells: Cells | undefined): void
  clear(): void
}

interface KeptCells {
  readonly until: number
  readonly cells: Cells | undefined
}

export function createCellsCache(): CellsCache {
  const kept = new Map<number, KeptCells>() // the last asked for at the end
  let bytes = 0
  const widths = cellsOf(FINE) + 1
  const placeOf = ({ width, day, series }: CellsKey) => rollupId(day, series) * widths + width / FINE.cell // below 2^53 until the year 7000
  const forget = (place: number, { cells }: KeptCells) => {
    kept.delete(place)
    bytes -= sizeOf(cells)
  }
  return {
    get(key) {
      const place = placeOf(key)
      const entry = kept.get(place)
      if (entry?.until !== key.until) return undefined
      kept.delete(place)
      kept.set(place, entry)
      return entry
    },
    set(key, cells) {
      const place = placeOf(key)
      const before = kept.get(place)
      if (before?.until === key.until) return
      if (before) forget(place, before)
      kept.set(place, { until: key.until, cells })
      bytes += sizeOf(cells)
      for (const [oldest, entry] of kept) {
        if (bytes <= MAX_BYTES) return
        forget(oldest, entry)
      }
    },
    clear() {
      kept.clear()
      bytes = 0
    },
  }
}

const sizeOf = (cells: Cells | undefined): number =>
  200 + (cells ?? []).reduce((sum, column) => sum + 100 + column.byteLength, 0)
