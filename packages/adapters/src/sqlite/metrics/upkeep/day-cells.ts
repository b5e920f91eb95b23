import { addColumns, columnCount, openSlots, toColumns } from '@etcdmonitor/core/metrics/slots/merge-slots'
import type { SeriesSlots } from '@etcdmonitor/core/ports/metrics-store'
import { DAY } from '../metrics-keys.ts'
import type { StoredSeries } from '../metrics-series.ts'
import { type Cells, COARSE, cellsOf, FINE } from './rollup-rows.ts'

/** As rollups hold it: NaN where there is nothing, in counts and seconds too. Undefined: there is nothing at all. */
export function cellsOfSlots(slots: SeriesSlots | undefined): Cells | undefined {
  if (!slots) return undefined
  const cells = emptyAsNaN(slots)
  return cells.every((column) => column.every(Number.isNaN)) ? undefined : cells
}

/** The fine cells of a day with those that begin at `from` in their place. `day`: may be shorter, or missing. */
export function putCells(one: StoredSeries, day: Cells | undefined, cells: Cells, from: number): Cells {
  return Array.from({ length: columnCount(one) }, (_, k) => {
    const column = new Float64Array(cellsOf(FINE)).fill(Number.NaN)
    column.set(day?.[k] ?? [])
    column.set(cells[k] ?? [], (from % DAY) / FINE.cell)
    return column
  })
}

const COARSE_PLACES = Int32Array.from({ length: cellsOf(FINE) }, (_, i) =>
  Math.floor((i * FINE.cell) / COARSE.cell),
)

/** A day's coarse cells from the fine ones in order, so that both tiers answer to the bit. */
export function coarsen(one: StoredSeries, fine: Cells): Cells {
  const slots = openSlots(one, cellsOf(COARSE), () => true)
  addColumns(slots, fine, COARSE_PLACES)
  return emptyAsNaN(slots)
}

function emptyAsNaN(slots: SeriesSlots): Cells {
  const [first = new Float64Array(0), ...rest] = toColumns(slots)
  return [first.map((value) => value || Number.NaN), ...rest]
}
