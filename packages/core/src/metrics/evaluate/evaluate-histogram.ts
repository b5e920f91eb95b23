import type { HistogramSlots } from '../../ports/metrics-store.ts'
import { type Histogram, mergeHistograms, observations, quantile } from './histogram.ts'

/** The q-quantile of everything observed in one slot, label sets and bounds merged first; NaN = null. */
export function quantileOf(q: number, series: readonly HistogramSlots[], slot: number): number {
  const merged = mergeSlot(series, slot)
  return merged ? (quantile(q, merged.bounds, merged.buckets) ?? Number.NaN) : Number.NaN
}

/** Observations of one slot over all label sets; NaN where no delta was counted. */
export function observationsOf(series: readonly HistogramSlots[], slot: number): number {
  const merged = mergeSlot(series, slot)
  return merged ? observations(merged.buckets) : Number.NaN
}

/** Mean of everything observed in one slot; NaN without observations. */
export function meanOf(series: readonly HistogramSlots[], slot: number): number {
  const counted = series.filter((one) => isCounted(one, slot))
  const count = counted.reduce(
    (total, { buckets }) => total + buckets.reduce((all, column) => all + (column[slot] ?? 0), 0),
    0,
  )
  return count > 0 ? counted.reduce((total, { sum }) => total + (sum[slot] ?? 0), 0) / count : Number.NaN
}

type Merged = Pick<Histogram, 'bounds' | 'buckets'>

function mergeSlot(series: readonly HistogramSlots[], slot: number): Merged | undefined {
  // only counted series: one without a delta in this slot must not narrow the common bounds
  const counted = series.length === 1 ? series : series.filter((one) => isCounted(one, slot))
  const [first] = counted
  if (!first || !isCounted(first, slot)) return undefined
  return counted.length === 1
    ? toHistogram(first, slot)
    : mergeHistograms(counted.map((one) => toHistogram(one, slot)))
}

const isCounted = ({ covered }: HistogramSlots, slot: number): boolean => (covered[slot] ?? 0) > 0

const toHistogram = ({ bounds, buckets, sum }: HistogramSlots, slot: number): Histogram => ({
  bounds,
  buckets: buckets.map((column) => column[slot] ?? 0),
  sum: sum[slot] ?? 0,
})
