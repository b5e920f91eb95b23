import { type Histogram, toBuckets } from '../evaluate/histogram.ts'
import type { HistogramLines } from './exposition.ts'

const MAX_BOUNDS = 64

/**
 * One label set as counts per bucket, bounds and sum divided by `divide` (metrics.md 2.6 step 3); undefined when it is damaged: a
 * shifted bucket would be a wrong quantile, not a missing one.
 */
export function toHistogram(
  { cumulative, count, sum }: HistogramLines,
  divide: number,
): Histogram | undefined {
  const sorted = [...cumulative].sort(([a], [b]) => a - b)
  const finite = sorted.filter(([bound]) => Number.isFinite(bound))
  const total = cumulative.get(Infinity) ?? count
  const isBroken = sorted.some(([bound]) => Number.isNaN(bound) || bound === -Infinity)
  if (isBroken || finite.length > MAX_BOUNDS || total === undefined) return undefined
  if (sum === undefined || !Number.isFinite(sum)) return undefined
  const counts = [...finite.map(([, below]) => below), total]
  if (!counts.every((value) => Number.isInteger(value) && value >= 0)) return undefined
  return {
    bounds: finite.map(([bound]) => bound / divide),
    buckets: toBuckets(counts),
    sum: sum / divide,
  }
}
