import type { SeriesSlots } from '../../ports/metrics-store.ts'
import type { Metric } from '../catalogue.ts'
import { collapseSlots } from '../slots/collapse-slots.ts'
import { sliceSlots } from '../slots/slice-slots.ts'
import { countObservations, evaluateMetric } from './evaluate-metric.ts'
import { evaluateParts, type PartSlots } from './evaluate-parts.ts'
import { rankedMethod } from './method-ranks.ts'
import { seriesOf } from './metric-series.ts'

/** A quantile rests on the newest deltas, as few as hold so many observations, at most those of so many ms (metrics.md 3.11). */
const ENOUGH_OBSERVATIONS = 100
export const CURRENT_SPAN = 300_000

export interface CurrentValue {
  readonly value: number
  /** Of quantiles and means: how many observations it rests on. */
  readonly observations?: number
  /** Of a rank: the method that has it. */
  readonly method?: string
}

/**
 * What the metric is now, however old "now" is (metrics.md 3.11). `ticks`: one part per tick, the last `CURRENT_SPAN` of each series at least.
 * Undefined: it has no value. Forecasts have none here: they rest on hours.
 */
export function currentValue(metric: Metric, ticks: PartSlots): CurrentValue | undefined {
  switch (metric.kind) {
    case 'constant':
      return toCurrent(metric.params.value)
    case 'quantile':
    case 'mean':
      return currentMean(metric, ticks)
    case 'ratio':
      if (metric.params.op !== 'increase_ratio') break
      return toCurrent(currentMean(metric, ticks)?.value)
    case 'increase':
      return toCurrent(currentIncrease(metric, ticks))
    case 'rate':
    case 'percent':
      return toCurrent(newestOf(evaluateParts(metric, ticks)))
    case 'counter':
      return toRanked(rankedMethod(metric, ticks.series), sampledValue(metric, ticks))
    case 'gauge':
    case 'lag':
    case 'forecast':
  }
  return toCurrent(sampledValue(metric, ticks))
}

const toCurrent = (value: number | undefined): CurrentValue | undefined =>
  value === undefined || Number.isNaN(value) ? undefined : { value }

const toRanked = (method: string | undefined, value: number | undefined): CurrentValue | undefined => {
  const current = toCurrent(value)
  return current && method !== undefined ? { ...current, method } : current
}

const newestOf = (values: Float64Array): number | undefined =>
  values.findLast((value) => !Number.isNaN(value))

/**
 * At the newest tick that has samples of all sources: a value that is null there is null now, not what it was before. The share of the cores
 * is that of the newest counted delta.
 */
function sampledValue(metric: Metric, ticks: PartSlots): number | undefined {
  const values = evaluateParts(metric, ticks)
  if (metric.params.op === 'rate_over_gauge') return newestOf(values)
  const own = seriesOf(metric, ticks.series)
  const newest = values.findLastIndex((_, i) =>
    metric.source.every((source) => own.some((one) => one.source === source && hasSample(one, i))),
  )
  return values[newest]
}

function hasSample(one: SeriesSlots, i: number): boolean {
  const column = one.kind === 'histogram' ? one.total : one.last
  return !Number.isNaN(column[i] ?? Number.NaN)
}

/** Of the deltas of the last 300 s, at least the newest. */
function currentIncrease(metric: Metric, ticks: PartSlots): number | undefined {
  const values = evaluateParts(metric, ticks)
  const newest = values.findLastIndex((value) => !Number.isNaN(value))
  const oldestAt = (ticks.times[newest] ?? 0) - CURRENT_SPAN
  const counted = values.filter((value, i) => !Number.isNaN(value) && (ticks.times[i] ?? 0) > oldestAt)
  return counted.length === 0 ? undefined : counted.reduce((sum, value) => sum + value)
}

function currentMean(metric: Metric, { times, series }: PartSlots): CurrentValue | undefined {
  const own = seriesOf(metric, series)
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
