import { openSlots, type SeriesShape, toColumns } from '@etcdmonitor/core/metrics/slots/merge-slots'
import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import { sourceOf } from '@etcdmonitor/core/metrics/sources'
import type { GaugeColumn, SeriesSlots, SlotQuery } from '@etcdmonitor/core/ports/metrics-store'
import { deltaGroup, labelsKey, meaningOf, type RowSeries } from './answer-rows.ts'
import type { GroupSlots } from './clean-slots.ts'

export const GAUGE_COLUMNS: readonly GaugeColumn[] = ['count', 'sum', 'min', 'max', 'last']

/** Series of one member, found or opened by what they are. */
export interface SlotTable {
  find(shape: SeriesShape): SeriesSlots
  of(source: SourceId): readonly SeriesSlots[]
}

export function openTable(slots: number, gauge: readonly GaugeColumn[] = GAUGE_COLUMNS): SlotTable {
  const sources = new Map<SourceId, Map<string, SeriesSlots>>()
  const isWanted = (shape: SeriesShape) => (column: number) =>
    shape.kind !== 'gauge' || gauge.includes(GAUGE_COLUMNS[column] ?? 'count')
  return {
    find(shape) {
      const known = sources.get(shape.source) ?? new Map<string, SeriesSlots>()
      sources.set(shape.source, known)
      const key = `${labelsKey(shape.labels)} ${shape.bounds.join()}`
      const found = known.get(key) ?? openSlots(shape, slots, isWanted(shape))
      known.set(key, found)
      return found
    },
    of: (source) => [...(sources.get(source)?.values() ?? [])],
  }
}

/** One value per slot, NaN where there is none. */
export function toColumn(
  { times, values }: RowSeries,
  { from, to, step }: Pick<SlotQuery, 'from' | 'to' | 'step'>,
) {
  const column = new Float64Array(Math.round((to - from) / step)).fill(Number.NaN)
  for (const [i, at] of times.entries()) column[Math.round((at - from) / step)] = values[i] ?? Number.NaN
  return column
}

/** A column that is subtracted: the last value of each slot, and the newest one before the window. */
export interface LastColumn {
  readonly series: RowSeries
  readonly last: Float64Array
  /** Of each slot: the last value before it. */
  readonly before: Float64Array
}

export function toLastColumn(series: RowSeries, last: Float64Array, seam: number): LastColumn {
  const before = new Float64Array(last.length)
  let newest = seam
  for (let slot = 0; slot < last.length; slot++) {
    before[slot] = newest
    const value = last[slot] ?? Number.NaN
    if (!Number.isNaN(value)) newest = value
  }
  return { series, last, before }
}

/** A column that begins or falls in a clean slot: its samples decide. */
export function distrust({ last, before }: LastColumn, { isDirty }: GroupSlots): void {
  for (let slot = 0; slot < last.length; slot++) {
    const value = last[slot] ?? Number.NaN
    if (!Number.isNaN(value) && !(value >= (before[slot] ?? Number.NaN))) isDirty[slot] = 1
  }
}

/** Clean slots of all columns of one source. */
export function fillClean(
  table: SlotTable,
  source: SourceId,
  columns: readonly LastColumn[],
  group: GroupSlots,
): void {
  if (sourceOf(source).kind !== 'histogram')
    for (const column of columns) fillCounter(table, source, column, group)
  else
    for (const set of Map.groupBy(columns, ({ series }) => deltaGroup(series)).values())
      fillSet(table, source, set, group)
}

function fillCounter(table: SlotTable, source: SourceId, column: LastColumn, group: GroupSlots): void {
  const { series, last, before } = column
  const { restart }: { readonly restart?: string } = sourceOf(source)
  const slots = table.find({ kind: 'counter', source, labels: series.labels, bounds: [] })
  if (slots.kind !== 'counter') throw new Error(`${source} is no counter`)
  for (let slot = 0; slot < last.length; slot++) {
    const value = last[slot] ?? Number.NaN
    if (Number.isNaN(value) || group.isDirty[slot]) continue
    slots.last[slot] = value
    if (restart === 'continues' && value === 0) continue // a position that is not there yet counts nothing
    slots.covered[slot] = group.covered[slot] ?? 0
    slots.increase[slot] = value - (before[slot] ?? 0)
  }
}

function fillSet(table: SlotTable, source: SourceId, set: readonly LastColumn[], group: GroupSlots): void {
  const buckets = set
    .filter(({ series }) => !Number.isNaN(series.bound))
    .sort((a, b) => a.series.bound - b.series.bound)
  const sum = set.find(({ series }) => Number.isNaN(series.bound))
  const labels = set[0]?.series.labels ?? {}
  for (let slot = 0; slot < (sum?.last.length ?? 0); slot++) {
    if (!sum || group.isDirty[slot] || Number.isNaN(sum.last[slot])) continue
    const there = buckets.filter(({ last }) => !Number.isNaN(last[slot]))
    if (there.at(-1)?.series.bound !== Number.POSITIVE_INFINITY) continue
    const bounds = there.slice(0, -1).map(({ series }) => series.bound)
    const slots = table.find({ kind: 'histogram', source, labels, bounds })
    if (slots.kind !== 'histogram') throw new Error(`${source} is no histogram`)
    slots.covered[slot] = group.covered[slot] ?? 0
    slots.sum[slot] = grownIn(sum, slot)
    slots.total[slot] = there.at(-1)?.last[slot] ?? Number.NaN
    let below = 0
    for (const [k, column] of there.entries()) {
      const grown = grownIn(column, slot)
      const bucket = slots.buckets[k]
      if (bucket) bucket[slot] = grown - below
      below = grown
    }
  }
}

const grownIn = ({ last, before }: LastColumn, slot: number): number =>
  (last[slot] ?? 0) - (before[slot] ?? 0)

/** Slots `[first, first + count)` of one source as `folded` has them, whatever stood there. */
export function overwrite(
  table: SlotTable,
  source: SourceId,
  folded: readonly SeriesSlots[],
  { first, count }: { readonly first: number; readonly count: number },
): void {
  for (const one of table.of(source))
    for (const [k, column] of toColumns(one).entries())
      column.fill(k === 0 ? 0 : Number.NaN, first, first + count)
  for (const one of folded) {
    const bounds = one.kind === 'histogram' ? one.bounds : []
    const columns = toColumns(table.find({ ...one, bounds }))
    for (const [k, column] of toColumns(one).entries()) columns[k]?.set(column, first)
  }
}

export const isGauge = ({ field }: RowSeries): boolean => {
  const source = meaningOf(field)?.source
  return source !== undefined && sourceOf(source).kind === 'gauge'
}
