import type { SeriesSlots } from '../../ports/metrics-store.ts'
import type { Metric } from '../catalogue.ts'
import type { SourceId } from '../sources.ts'
import { countedOf, filteredSeries } from './metric-series.ts'

/**
 * A lag or ratio of two sources (metrics.md 3.6): of one tick where a slot is one, else of the means of both sides, or of their last values
 * where a counter is one of them (metrics.md 3.10). A slot where one side has no sample gives no value.
 */
export function evaluateSides(metric: Metric, series: readonly SeriesSlots[], slots: number): Float64Array {
  const [a, b] = metric.source
  const isMean = series.every(({ kind }) => kind === 'gauge')
  const left = sideOf(metric, series, a, slots, isMean)
  const right = sideOf(metric, series, b, slots, isMean)
  const join = joinOf(metric)
  return left.map((value, i) => join(value, right[i] ?? Number.NaN))
}

function sideOf(
  metric: Metric,
  series: readonly SeriesSlots[],
  source: SourceId | undefined,
  slots: number,
  isMean: boolean,
): Float64Array {
  const [gauge] = filteredSeries(metric, series, source)
  if (gauge?.kind !== 'gauge') return countedOf(metric, series, source, slots).last
  return isMean ? gauge.sum.map((sum, i) => sum / (gauge.count[i] ?? 0)) : gauge.last
}

/** NaN on either side gives NaN, and so does a formula that needs more than two sides. */
function joinOf({
  params: { op, floor_b = Number.NEGATIVE_INFINITY },
}: Metric): (a: number, b: number) => number {
  if (op === 'difference') return (a, b) => Math.max(0, a - Math.max(floor_b, b))
  if (op === 'ratio') return (a, b) => (b > 0 ? a / b : Number.NaN)
  if (op === 'one_minus_ratio') return (a, b) => (b > 0 ? Math.min(1, Math.max(0, 1 - a / b)) : Number.NaN)
  return () => Number.NaN
}
