import type { SeriesSlots } from '../../ports/metrics-store.ts'
import type { Metric, MetricParams } from '../catalogue.ts'
import type { Labels } from '../sample.ts'
import { addLabelSets, type Counted, withoutEvents } from '../slots/counted-slots.ts'
import { type SourceId, sourceOf } from '../sources.ts'

/** Series that the metric, or its labelled key, is made of. */
export const seriesOf = (metric: Metric, series: readonly SeriesSlots[]): readonly SeriesSlots[] =>
  series.filter(
    ({ source, labels }) => metric.source.includes(source) && hasLabels(labels, metric.params.only),
  )

/** Those of one source that the metric's filter keeps. */
export const filteredSeries = (
  { params }: Metric,
  series: readonly SeriesSlots[],
  source: SourceId | undefined,
): readonly SeriesSlots[] =>
  series.filter((one) => one.source === source && hasLabels(one.labels, params.where))

/** One source of the metric as a counter, after its filter. What no series tells of is 0 where a sibling is known. */
export function countedOf(
  metric: Metric,
  series: readonly SeriesSlots[],
  source: SourceId | undefined,
  slots: number,
): Counted {
  const filtered = filteredSeries(metric, series, source)
  const siblings = series.filter((one) => one.source === source)
  const isZero = filtered.length === 0 && siblings[0] && sourceOf(siblings[0].source).absent === 'siblings'
  return isZero ? withoutEvents(addLabelSets(siblings, slots)) : addLabelSets(filtered, slots)
}

/** Whether a label set has one of the wanted values of each label. */
export function hasLabels(labels: Labels, wanted: MetricParams['where'] = {}): boolean {
  return Object.entries(wanted).every(([name, values]) => {
    const value = labels[name as keyof Labels] // the keys of a filter are label names
    return value !== undefined && [values].flat().includes(value)
  })
}
