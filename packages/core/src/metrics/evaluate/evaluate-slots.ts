import type { SeriesSlots } from '../../ports/metrics-store.ts'
import type { Aggregate, Metric } from '../catalogue.ts'
import type { Window } from '../slots/plan-window.ts'
import { sourceOf } from '../sources.ts'
import { evaluateMetric } from './evaluate-metric.ts'
import { evaluateParts, type PartSlots } from './evaluate-parts.ts'

/** What a metric of one member is made of in a window. */
export interface SlotsAndParts {
  /** Slots of the window. */
  readonly series: readonly SeriesSlots[]
  /** Empty where nothing of the request needs them. */
  readonly parts: PartSlots
  /** What `evaluateParts` gives of the metric that is evaluated, where it is known already. */
  readonly partValues?: Float64Array
}

/**
 * One catalogue metric of one member, one value per slot of the window, NaN = null (metrics.md 3.10). An aggregate that the metric does not
 * offer answers its default.
 */
export function evaluateSlots(
  metric: Metric,
  { series, parts, partValues }: SlotsAndParts,
  window: Window,
  asked: Aggregate = metric.agg,
): Float64Array {
  const agg = metric.aggs.includes(asked) ? asked : metric.agg
  if (!needsParts(metric, agg)) return evaluateMetric(metric, series, window.slots, agg)
  const isTotal = metric.kind === 'increase' && agg === 'avg'
  const values = partValues ?? evaluateParts(metric, parts)
  return aggregateParts(values, parts.times, window, isTotal ? 'total' : agg)
}

/** Whether that aggregate of the metric rests on the parts of a slot, not on the slot as a whole. */
export function needsParts(metric: Metric, asked: Aggregate = metric.agg): boolean {
  const agg = metric.aggs.includes(asked) ? asked : metric.agg
  switch (metric.kind) {
    case 'gauge':
      return addsLabelSets(metric) // the least of a sum is not the sum of the least
    case 'lag':
      return true
    case 'ratio':
      return metric.params.op === 'ratio' || metric.params.op === 'one_minus_ratio' || agg !== 'avg'
    case 'increase':
      return metric.params.op === 'restarts' || agg !== 'avg'
    case 'rate':
    case 'percent':
    case 'quantile':
    case 'mean':
      return agg !== 'avg'
    case 'counter':
    case 'forecast':
    case 'constant':
      return false
  }
}

function addsLabelSets({ source: [id], params: { where = {}, only = {}, by } }: Metric): boolean {
  const labels = id === undefined ? [] : (sourceOf(id).labels ?? [])
  return labels.some((label) => label !== by && !(label in where) && !(label in only))
}

/** Values of parts → slots; a part belongs to the slot it begins in. */
function aggregateParts(
  values: Float64Array,
  times: Float64Array,
  { from, step, slots }: Window,
  agg: Aggregate | 'total',
): Float64Array {
  const result = new Float64Array(slots).fill(Number.NaN)
  const count = new Float64Array(slots)
  let slot = -1
  let end = from // of the slot; times ascend
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN
    const time = times[i] ?? 0
    if (Number.isNaN(value) || time < from) continue
    if (time >= end) {
      slot = Math.floor((time - from) / step)
      if (slot >= slots) break
      end = from + (slot + 1) * step
    }
    const before = result[slot] ?? Number.NaN
    result[slot] = Number.isNaN(before) ? value : join(agg, before, value)
    count[slot] = (count[slot] ?? 0) + 1
  }
  return agg === 'avg' ? result.map((sum, i) => sum / (count[i] ?? 0)) : result
}

function join(agg: Aggregate | 'total', before: number, value: number): number {
  if (agg === 'last') return value
  if (agg === 'min') return Math.min(before, value)
  return agg === 'max' ? Math.max(before, value) : before + value
}
