import type { SeriesSlots } from '../../ports/metrics-store.ts'

/** Slots `[first, end)` of a series, as views on its columns. */
export function sliceSlots(series: SeriesSlots, first: number, end: number): SeriesSlots {
  const cut = (column: Float64Array) => column.subarray(first, end)
  switch (series.kind) {
    case 'gauge':
      return {
        ...series,
        count: cut(series.count),
        sum: cut(series.sum),
        min: cut(series.min),
        max: cut(series.max),
        last: cut(series.last),
      }
    case 'counter':
      return {
        ...series,
        covered: cut(series.covered),
        increase: cut(series.increase),
        last: cut(series.last),
      }
    case 'histogram':
      return {
        ...series,
        covered: cut(series.covered),
        sum: cut(series.sum),
        total: cut(series.total),
        buckets: series.buckets.map(cut),
      }
  }
}
