import type { SeriesSlots } from '../ports/metrics-store.ts'
import type { Metric } from './catalogue.ts'
import { collapseSlots } from './collapse-slots.ts'
import { countObservations, evaluateMetric } from './evaluate-metric.ts'
import type { PartSlots } from './evaluate-parts.ts'
import { sliceSlots } from './slice-slots.ts'

/** A quantile rests on the newest deltas, as few as hold so many observations, at most those of so many ms (metrics.md 3.11). */
const ENOUGH_OBSERVATIONS = 100
export const CURRENT_SPAN = 300_000

export interface CurrentValue {
  readonly value: number
  /** Of quantiles: how many observations it rests on. */
  readonly observations?: number
}

/**
 * What the metric is now, however old "now" is: of a gauge the newest sample, of a rate the newest counted delta. `ticks`: one slot per tick,
 * the last `CURRENT_SPAN` of each series at least. Undefined: it has no value.
 */
export function currentValue(metric: Metric, ticks: PartSlots): CurrentValue | undefined {
  if (metric.kind === 'quantile') return currentQuantile(metric, ticks)
  const value = evaluateMetric(metric, ticks.series, ticks.times.length, 'last').findLast(
    (one) => !Number.isNaN(one),
  )
  return value === undefined ? undefined : { value }
}

function currentQuantile(metric: Metric, { times, series }: PartSlots): CurrentValue | undefined {
  const own = series.filter(({ source }) => metric.source.includes(source))
  const counts = countObservations(metric, own, times.length)
  const newest = counts.findLastIndex((count) => !Number.isNaN(count))
  const [first, observations] = reachBack(counts, times, newest)
  if (observations === 0) return undefined
  const merged = own.map((one): SeriesSlots => collapseSlots(sliceSlots(one, first, newest + 1)))
  const [value = Number.NaN] = evaluateMetric(metric, merged, 1)
  return Number.isNaN(value) ? undefined : { value, observations }
}

/** First of the ticks up to `newest` that are enough, and what they hold. */
function reachBack(counts: Float64Array, times: Float64Array, newest: number): readonly [number, number] {
  const oldestAt = (times[newest] ?? 0) - CURRENT_SPAN
  let observations = 0
  let first = newest
  for (let i = newest; i >= 0 && (times[i] ?? 0) > oldestAt; i--) {
    const count = counts[i] ?? Number.NaN
    if (Number.isNaN(count)) continue
    first = i
    observations += count
    if (observations >= ENOUGH_OBSERVATIONS) break
  }
  return [first, observations]
}
