import type { HistogramSlots } from '../../ports/metrics-store.ts'
import { observedIn } from '../slots/counted-slots.ts'
import { mergeHistograms, quantiles } from './histogram.ts'

/** The q-quantile of everything observed in each slot, label sets and bounds merged first; NaN = null. */
export function quantilesOf(q: number, series: readonly HistogramSlots[], slots: number): Float64Array {
  const [first] = series
  if (!first) return new Float64Array(slots).fill(Number.NaN)
  if (series.length === 1) return quantiles(q, first.bounds, first.buckets, observedIn(first))
  const isAlike = series.every(({ bounds }) => bounds.join() === first.bounds.join())
  if (!isAlike) return Float64Array.from({ length: slots }, (_, slot) => mergedQuantile(q, series, slot))
  const columns = first.buckets.map((_, k) => {
    const added = new Float64Array(slots)
    for (const { buckets, covered } of series) addCounted(added, buckets[k] ?? added, covered)
    return added
  })
  return quantiles(q, first.bounds, columns)
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

function mergedQuantile(q: number, series: readonly HistogramSlots[], slot: number): number {
  // only counted series: one without a delta in this slot must not narrow the common bounds
  const counted = series.filter(({ covered }) => (covered[slot] ?? 0) > 0)
  if (counted.length === 0) return Number.NaN
  const merged = mergeHistograms(
    counted.map(({ bounds, buckets, sum }) => ({
      bounds,
      buckets: buckets.map((column) => column[slot] ?? 0),
      sum: sum[slot] ?? 0,
    })),
  )
  const columns = Array.from(merged.buckets, (count) => Float64Array.of(count))
  return quantiles(q, merged.bounds, columns)[0] ?? Number.NaN
}
