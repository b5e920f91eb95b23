import type { CounterSlots, GaugeSlots, HistogramSlots, SeriesSlots } from '../ports/metrics-store.ts'
import type { Aggregate, Metric } from './catalogue.ts'
import { observationsOf, quantileOf } from './evaluate-histogram.ts'

/**
 * One catalogue metric of one member, one value per slot, NaN = null (metrics.md 3.2 to 3.5). Derived kinds are exact over the slot,
 * whatever `agg`; series of other sources are passed over.
 */
export function evaluateMetric(
  metric: Metric,
  series: readonly SeriesSlots[],
  slots: number,
  agg: Aggregate = metric.agg,
): Float64Array {
  const own = series.filter(({ source }) => metric.source.includes(source))
  switch (metric.kind) {
    case 'gauge':
      return evaluateGauge(own.find(isGauge), slots, agg)
    case 'rate':
    case 'percent':
      return evaluateRate(own.filter(isCounter), slots, metric.params.factor ?? 1)
    case 'quantile': {
      const histograms = own.filter(isHistogram)
      const q = metric.params.q ?? Number.NaN
      return Float64Array.from({ length: slots }, (_, i) => quantileOf(q, histograms, i))
    }
  }
}

/** How many observations each value of a quantile rests on; NaN where there is nothing. */
export function countObservations(
  metric: Metric,
  series: readonly SeriesSlots[],
  slots: number,
): Float64Array {
  const histograms = series.filter(({ source }) => metric.source.includes(source)).filter(isHistogram)
  return Float64Array.from({ length: slots }, (_, i) => observationsOf(histograms, i))
}

function evaluateGauge(series: GaugeSlots | undefined, slots: number, agg: Aggregate): Float64Array {
  if (!series) return new Float64Array(slots).fill(Number.NaN)
  if (agg !== 'avg') return series[agg]
  return series.sum.map((sum, i) => sum / (series.count[i] ?? 0))
}

/** Increase first, then add; the covered seconds of a sum are the largest of its label sets (metrics.md 3.3). */
function evaluateRate(series: readonly CounterSlots[], slots: number, factor: number): Float64Array {
  const increase = new Float64Array(slots)
  const covered = new Float64Array(slots)
  for (const one of series) {
    for (let i = 0; i < slots; i++) {
      const seconds = one.covered[i] ?? 0
      if (seconds <= 0) continue
      increase[i] = (increase[i] ?? 0) + (one.increase[i] ?? 0)
      covered[i] = Math.max(covered[i] ?? 0, seconds)
    }
  }
  return increase.map((sum, i) => (covered[i] ? (factor * sum) / covered[i] : Number.NaN))
}

const isGauge = (one: SeriesSlots): one is GaugeSlots => one.kind === 'gauge'
const isCounter = (one: SeriesSlots): one is CounterSlots => one.kind === 'counter'
const isHistogram = (one: SeriesSlots): one is HistogramSlots => one.kind === 'histogram'
