import type { SeriesSlots } from '../../ports/metrics-store.ts'

/** All slots of a series as one: what the window gives as a whole, exactly, since increases of adjacent slots add up (metrics.md 3.1). */
export function collapseSlots(series: SeriesSlots): SeriesSlots {
  const { kind, source, labels } = series
  switch (kind) {
    case 'gauge':
      return {
        kind,
        source,
        labels,
        count: one(total(series.count) || 0),
        sum: one(total(series.sum)),
        min: one(reduce(series.min, Math.min)),
        max: one(reduce(series.max, Math.max)),
        last: one(lastOf(series.last)),
      }
    case 'counter':
      return {
        kind,
        source,
        labels,
        covered: one(total(series.covered) || 0),
        increase: one(total(series.increase)),
        last: one(lastOf(series.last)),
      }
    case 'histogram':
      return {
        kind,
        source,
        labels,
        bounds: series.bounds,
        covered: one(total(series.covered) || 0),
        sum: one(total(series.sum)),
        total: one(lastOf(series.total)),
        buckets: series.buckets.map((column) => one(total(column))),
      }
  }
}

const one = (value: number) => Float64Array.of(value)
const lastOf = (column: Float64Array) => column.findLast((value) => !Number.isNaN(value)) ?? Number.NaN
const total = (column: Float64Array) => reduce(column, (a, b) => a + b)

/** NaN when there is no value. */
function reduce(column: Float64Array, join: (a: number, b: number) => number): number {
  let result = Number.NaN
  for (const value of column) {
    if (Number.isNaN(value)) continue
    result = Number.isNaN(result) ? value : join(result, value)
  }
  return result
}
