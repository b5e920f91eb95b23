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

/** Decoded rows of days that are closed; `undefined` in it: there is no row. At most 64 MiB of those that were asked for last. */
export interface CellsCache {
  get(tier: Tier, day: number, series: number): { readonly cells: Cells | undefined } | undefined
  set(tier: Tier, day: number, series: number, cells: Cells | undefined): void
  clear(): void
}

export function createCellsCache(): CellsCache {
  const kept = new Map<number, { readonly cells: Cells | undefined }>() // the last asked for at the end
  let bytes = 0
  const keyOf = ({ table }: Tier, day: number, series: number) =>
    2 * rollupId(day, series) + (table === 'r5' ? 0 : 1)
  return {
    get(tier, day, series) {
      const key = keyOf(tier, day, series)
      const entry = kept.get(key)
      if (entry) {
        kept.delete(key)
        kept.set(key, entry)
      }
      return entry
    },
    set(tier, day, series, cells) {
      const key = keyOf(tier, day, series)
      if (kept.has(key)) return
      kept.set(key, { cells })
      bytes += sizeOf(cells)
      for (const [oldest, entry] of kept) {
        if (bytes <= MAX_BYTES) return
        kept.delete(oldest)
        bytes -= sizeOf(entry.cells)
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
