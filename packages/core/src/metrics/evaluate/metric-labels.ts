import type { SeriesSlots } from '../../ports/metrics-store.ts'
import type { Metric } from '../catalogue.ts'
import { sourceOf } from '../sources.ts'
import { hasLabels } from './metric-series.ts'

/** Peer of samples that name none: in sums, but no series of its own (metrics.md 3.12). */
const NO_PEER = '0'

/** The metric of one value of its label: as the whole metric, of the series with that label alone. Its name is its key. */
export function ofLabel(metric: Metric, value: string): Metric {
  const { by, ...params } = metric.params
  if (by === undefined) throw new Error(`${metric.name} has no label`)
  return { ...metric, name: `${metric.name}{${by}="${value}"}`, params: { ...params, only: { [by]: value } } }
}

/**
 * What a name answers: the metric itself, or one metric per value of its label among the series, by value (peers as numbers). A metric whose
 * label has no value answers none.
 */
export function spreadLabels(metric: Metric, series: readonly SeriesSlots[]): readonly Metric[] {
  const { by, where } = metric.params
  if (by === undefined) return [metric]
  const filter = metric.kind === 'ratio' ? {} : where // of a ratio the numerator alone is filtered
  const values = series
    .filter((one) => metric.source.includes(one.source) && isKnown(one) && hasLabels(one.labels, filter))
    .flatMap(({ labels }) => labels[by] ?? [])
    .filter((value) => by !== 'peer' || value !== NO_PEER)
  return [...new Set(values)].sort(compareValues).map((value) => ofLabel(metric, value))
}

/** A series under the rule `siblings` that is 0 in the whole window is no label value of it. */
function isKnown(one: SeriesSlots): boolean {
  if (sourceOf(one.source).absent !== 'siblings' || one.kind !== 'counter') return true
  return one.last.some((value) => value > 0)
}

const compareValues = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : 1)
