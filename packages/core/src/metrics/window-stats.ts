import type { SeriesSlots } from '../ports/metrics-store.ts'
import type { Metric } from './catalogue.ts'
import { collapseSlots } from './collapse-slots.ts'
import { evaluateMetric } from './evaluate-metric.ts'
import type { Window } from './plan-window.ts'

/** Primitives of the parts of a window (metrics.md 3.10): one entry per tick or coarse slot. */
export interface PartSlots {
  /** Unix ms, ascending: the tick, or the beginning of the slot. */
  readonly times: Float64Array
  readonly series: readonly SeriesSlots[]
}

/** Of the window as one slot; NaN = null. */
export interface WindowStats {
  readonly min: number
  readonly max: number
  readonly avg: number
  readonly last: number
  /** Unix ms: beginning of the slot that holds `last`. */
  readonly lastTime: number
}

/** Derived kinds have their extremes over parts; those of samples are in every slot already. */
export const needsParts = ({ kind }: Metric): boolean => kind !== 'gauge'

/**
 * `avg` is exact over the window; `min`, `max` and `last` are those of the samples of a gauge, and of a derived kind those of its parts, each
 * evaluated alone (metrics.md 3.10). `series` are the slots of `window`.
 */
export function windowStats(
  metric: Metric,
  series: readonly SeriesSlots[],
  parts: PartSlots,
  window: Window,
): WindowStats {
  const whole = series.map(collapseSlots)
  const [avg = Number.NaN] = evaluateMetric(metric, whole, 1, 'avg')
  if (needsParts(metric)) {
    const values = evaluateMetric(metric, parts.series, parts.times.length)
    return { avg, ...extremes(values), ...lastPart(values, parts.times, window.step) }
  }
  const [min = Number.NaN] = evaluateMetric(metric, whole, 1, 'min')
  const [max = Number.NaN] = evaluateMetric(metric, whole, 1, 'max')
  const times = Float64Array.from({ length: window.slots }, (_, i) => window.from + i * window.step)
  return {
    avg,
    min,
    max,
    ...lastPart(evaluateMetric(metric, series, window.slots, 'last'), times, window.step),
  }
}

function extremes(values: Float64Array): { readonly min: number; readonly max: number } {
  let min = Number.NaN
  let max = Number.NaN
  for (const value of values) {
    if (Number.isNaN(value)) continue
    if (!(min <= value)) min = value // also beside NaN
    if (!(max >= value)) max = value
  }
  return { min, max }
}

function lastPart(values: Float64Array, times: Float64Array, step: number) {
  const at = values.findLastIndex((value) => !Number.isNaN(value))
  const time = times[at]
  if (time === undefined) return { last: Number.NaN, lastTime: Number.NaN }
  return { last: values[at] ?? Number.NaN, lastTime: Math.floor(time / step) * step }
}
