import type { Aggregate, Metric } from '../catalogue.ts'
import { evaluateSlots, type SlotsAndParts } from '../evaluate/evaluate-slots.ts'
import { seriesOf } from '../evaluate/metric-series.ts'
import { collapseSlots } from './collapse-slots.ts'
import type { Window } from './plan-window.ts'

/** Of the window as one slot; NaN = null. */
export interface WindowStats {
  readonly min: number
  readonly max: number
  readonly avg: number
  readonly last: number
  /** Unix ms: beginning of the slot that holds `last`. */
  readonly lastTime: number
}

/** Each aggregate of the window as one slot (metrics.md 3.10). `data` has the slots of `window`. */
export function windowStats(metric: Metric, data: SlotsAndParts, window: Window): WindowStats {
  const { from, to, step, span } = window
  const values = evaluateSlots(metric, data, window, 'last')
  const at = values.findLastIndex((value) => !Number.isNaN(value))
  const last = values[at] ?? Number.NaN
  const whole = { ...data, series: seriesOf(metric, data.series).map(collapseSlots) }
  const of = (agg: Aggregate) => {
    // label sets that end at different times never had the sum of their last values
    if (metric.kind === 'counter') return last
    return evaluateSlots(metric, whole, { from, to, step: to - from, slots: 1, span }, agg)[0] ?? Number.NaN
  }
  return {
    min: of('min'),
    max: of('max'),
    avg: of('avg'),
    last,
    lastTime: at < 0 ? Number.NaN : from + at * step,
  }
}
