import type { GaugeSlots, HistogramSlots, SeriesSlots } from '../../ports/metrics-store.ts'
import type { Aggregate, Metric } from '../catalogue.ts'
import type { Counted } from '../slots/counted-slots.ts'
import { meansOf, observationsOf, quantilesOf } from './evaluate-histogram.ts'
import { evaluateSides } from './evaluate-sides.ts'
import { evaluateRank } from './method-ranks.ts'
import { countedOf, filteredSeries, seriesOf } from './metric-series.ts'

/**
 * One catalogue metric of one member, one value per slot, NaN = null (metrics.md 3.2 to 3.7). Kinds that rest on increases are exact over the
 * slot, whatever `agg`. What is computed per tick (`isPerTick`) is that of a tick where a slot is one, else of the slot as a whole. Series of
 * other sources are passed over. Metrics that have no value by slots alone are null: see `evaluateParts`.
 */
export function evaluateMetric(
  metric: Metric,
  series: readonly SeriesSlots[],
  slots: number,
  agg: Aggregate = metric.agg,
): Float64Array {
  const own = seriesOf(metric, series)
  const [source, divisor] = metric.source
  const counted = (of = source) => countedOf(metric, own, of, slots)
  switch (metric.kind) {
    case 'gauge':
      return evaluateGauge(filteredSeries(metric, own, source).filter(isGauge), slots, agg)
    case 'counter':
      return metric.params.rank === undefined ? counted().last : evaluateRank(metric.params.rank, own, slots)
    case 'rate':
    case 'percent':
      return rateOf(counted(), metric.params.factor)
    case 'increase':
      return metric.params.op ? nothing(slots) : counted().increase
    case 'quantile':
      return quantilesOf(metric.params.q ?? Number.NaN, own.filter(isHistogram), slots)
    case 'mean':
      if (divisor) return divide(counted().increase, counted(divisor).increase)
      return meansOf(own.filter(isHistogram), slots)
    case 'ratio':
      if (metric.params.op === 'increase_ratio')
        return divide(counted().increase, countedOf({ ...metric, params: {} }, own, source, slots).increase)
      if (metric.params.op === 'rate_over_gauge')
        return divide(rateOf(counted()), evaluateGauge(own.filter(isGauge), slots, 'last'))
      return evaluateSides(metric, own, slots)
    case 'lag':
      return evaluateSides(metric, own, slots)
    case 'forecast':
    case 'constant':
      return nothing(slots)
  }
}

/** How many observations or calls each value of a quantile, mean or ratio of increases rests on; NaN where there is nothing. */
export function countObservations(
  metric: Metric,
  series: readonly SeriesSlots[],
  slots: number,
): Float64Array {
  const own = seriesOf(metric, series)
  const histograms = own.filter(isHistogram)
  if (histograms.length > 0) return observationsOf(histograms, slots)
  return countedOf({ ...metric, params: {} }, own, metric.source.at(-1), slots).increase
}

/** Label sets are added up (metrics.md 1.1). */
function evaluateGauge(series: readonly GaugeSlots[], slots: number, agg: Aggregate): Float64Array {
  const each = series.map((one) => (agg === 'avg' ? averagesOf(one) : one[agg]))
  const [first, ...rest] = each
  if (!first) return nothing(slots)
  if (rest.length === 0) return first
  const sum = nothing(slots)
  for (const column of each)
    for (let i = 0; i < slots; i++) {
      const value = column[i] ?? Number.NaN
      if (!Number.isNaN(value)) sum[i] = Number.isNaN(sum[i]) ? value : (sum[i] ?? 0) + value
    }
  return sum
}

/** A loop, as all that goes over each part of a week: `map` takes five times as long. */
function averagesOf({ count, sum }: GaugeSlots): Float64Array {
  const averages = new Float64Array(sum.length)
  for (let i = 0; i < averages.length; i++) averages[i] = (sum[i] ?? Number.NaN) / (count[i] ?? 0)
  return averages
}

function rateOf({ increase, covered }: Counted, factor = 1): Float64Array {
  const rates = new Float64Array(increase.length)
  for (let i = 0; i < rates.length; i++) {
    const seconds = covered[i] ?? 0
    rates[i] = seconds === 0 ? Number.NaN : (factor * (increase[i] ?? Number.NaN)) / seconds
  }
  return rates
}

/** NaN where the divisor is not above 0. */
function divide(values: Float64Array, by: Float64Array): Float64Array {
  const quotients = new Float64Array(values.length)
  for (let i = 0; i < quotients.length; i++) {
    const divisor = by[i] ?? 0
    quotients[i] = divisor > 0 ? (values[i] ?? Number.NaN) / divisor : Number.NaN
  }
  return quotients
}

const nothing = (slots: number) => new Float64Array(slots).fill(Number.NaN)
const isGauge = (one: SeriesSlots): one is GaugeSlots => one.kind === 'gauge'
const isHistogram = (one: SeriesSlots): one is HistogramSlots => one.kind === 'histogram'
