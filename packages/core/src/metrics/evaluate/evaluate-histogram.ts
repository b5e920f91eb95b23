import type { HistogramSlots } from '../../ports/metrics-store.ts'
import { observedIn } from '../slots/counted-slots.ts'
import { type Histogram, mergeHistograms, quantile } from './histogram.ts'

/** The q-quantile of everything observed in each slot, label sets and bounds merged first; NaN = null. */
export function quantilesOf(q: number, series: readonly HistogramSlots[], slots: number): Float64Array {
  const values = new Float64Array(slots).fill(Number.NaN)
  const [first] = series
  if (!first) return values
  const { bounds } = first
  const isAlike = series.every((one) => one === first || one.bounds.join() === bounds.join())
  const row = new Float64Array(bounds.length + 1) // one for all slots: a week has 20,000
  for (let slot = 0; slot < slots; slot++) {
    const merged = isAlike ? addRows(series, slot, row) && { bounds, buckets: row } : mergeRows(series, slot)
    if (merged) values[slot] = quantile(q, merged.bounds, merged.buckets) ?? Number.NaN
  }
  return values
}

/** Observations of each slot over all label sets; NaN where no delta was counted. */
export function observationsOf(series: readonly HistogramSlots[], slots: number): Float64Array {
  const counts = new Float64Array(slots).fill(Number.NaN)
  for (const one of series) addCounted(counts, observedIn(one), one.covered)
  return counts
}

/** Mean of everything observed in each slot; NaN without observations. */
export function meansOf(series: readonly HistogramSlots[], slots: number): Float64Array {
  const means = new Float64Array(slots).fill(Number.NaN)
  for (const one of series) addCounted(means, one.sum, one.covered)
  const counts = observationsOf(series, slots)
  for (let slot = 0; slot < slots; slot++) {
    const count = counts[slot] ?? Number.NaN
    means[slot] = count > 0 ? (means[slot] ?? 0) / count : Number.NaN
  }
  return means
}

function addCounted(into: Float64Array, column: Float64Array, covered: Float64Array): void {
  for (let slot = 0; slot < into.length; slot++)
    if ((covered[slot] ?? 0) > 0) into[slot] = (into[slot] || 0) + (column[slot] ?? 0) // NaN: the first
}

/** The buckets of one slot, of series that are alike; false: no delta was counted. */
function addRows(series: readonly HistogramSlots[], slot: number, row: Float64Array): boolean {
  let isAny = false
  row.fill(0)
  for (const { covered, buckets } of series) {
    if (!((covered[slot] ?? 0) > 0)) continue
    isAny = true
    for (let k = 0; k < row.length; k++) row[k] = (row[k] ?? 0) + (buckets[k]?.[slot] ?? 0)
  }
  return isAny
}

function mergeRows(series: readonly HistogramSlots[], slot: number): Histogram | undefined {
  // only counted series: one without a delta in this slot must not narrow the common bounds
  const counted = series.filter(({ covered }) => (covered[slot] ?? 0) > 0)
  if (counted.length === 0) return undefined
  return mergeHistograms(
    counted.map(({ bounds, buckets, sum }) => ({
      bounds,
      buckets: buckets.map((column) => column[slot] ?? 0),
      sum: sum[slot] ?? 0,
    })),
  )
}
