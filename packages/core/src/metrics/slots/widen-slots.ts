import type { SeriesSlots } from '../../ports/metrics-store.ts'
import { addColumns, openSlots, toColumns } from './merge-slots.ts'

/** How slots become fewer, wider ones. */
export interface Widening {
  /** Slots in front that belong to none. */
  readonly skipped: number
  /** Of the narrow slots, in each wide one. */
  readonly each: number
}

/** The same series in slots of `each` neighbours, exactly, since those of adjacent slots add up (metrics.md 3.1). */
export function widenSlots(series: SeriesSlots, { skipped, each }: Widening): SeriesSlots {
  if (skipped === 0 && each === 1) return series
  const columns = toColumns(series)
  const length = Math.max(...columns.map((column) => column.length))
  const slotOf = Int32Array.from({ length }, (_, i) => (i < skipped ? -1 : Math.floor((i - skipped) / each)))
  const shape = { bounds: [], ...series }
  const wide = openSlots(shape, Math.ceil((length - skipped) / each), (k) => columns[k]?.length !== 0)
  addColumns(wide, columns, slotOf)
  return wide
}
