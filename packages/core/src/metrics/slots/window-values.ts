import type { Aggregate, Metric } from '../catalogue.ts'
import { countObservations } from '../evaluate/evaluate-metric.ts'
import { evaluateParts } from '../evaluate/evaluate-parts.ts'
import { evaluateSlots, needsParts, type SlotsAndParts } from '../evaluate/evaluate-slots.ts'
import type { Window } from './plan-window.ts'
import { type WindowStats, windowStats } from './window-stats.ts'

/** What can be asked for beside one value per slot (api.md 5.3). */
export const EXTRAS = ['band', 'counts', 'stats'] as const
export type Extra = (typeof EXTRAS)[number]

export interface WantedValues {
  /** Default: that of each metric. */
  readonly agg?: Aggregate
  readonly include: readonly Extra[]
}

/** What a window has of one metric of one member. Columns have one entry per slot; NaN = null. */
export interface WindowValues {
  readonly values: Float64Array
  /** Least and largest of each slot. */
  readonly band?: { readonly min: Float64Array; readonly max: Float64Array }
  /** Observations under each value of a quantile or mean; other kinds have none. */
  readonly counts?: Float64Array
  readonly stats?: WindowStats
}

const ALL: readonly Aggregate[] = ['avg', 'min', 'max', 'last']

/** Whether something of what is wanted rests on the parts of the window (metrics.md 3.10). */
export function wantsParts(metric: Metric, { agg = metric.agg, include }: WantedValues): boolean {
  const extremes: readonly Aggregate[] = include.includes('band') ? ['min', 'max'] : []
  const aggregates = include.includes('stats') ? ALL : [agg, ...extremes]
  return aggregates.some((one) => needsParts(metric, one))
}

/** All that is wanted of a metric. Its parts are evaluated once, unless `data` brings their values. */
export function evaluateWindow(
  metric: Metric,
  data: SlotsAndParts,
  window: Window,
  wanted: WantedValues,
): WindowValues {
  const { agg, include } = wanted
  const known =
    data.partValues || !wantsParts(metric, wanted)
      ? data
      : { ...data, partValues: evaluateParts(metric, data.parts) }
  const of = (asked?: Aggregate) => evaluateSlots(metric, known, window, asked)
  return {
    values: of(agg),
    ...(include.includes('band') && { band: { min: of('min'), max: of('max') } }),
    ...(include.includes('counts') &&
      restsOnObservations(metric) && { counts: countObservations(metric, data.series, window.slots) }),
    ...(include.includes('stats') && { stats: windowStats(metric, known, window) }),
  }
}

const restsOnObservations = ({ kind }: Metric): boolean => kind === 'quantile' || kind === 'mean'
