import type { Metric } from '@etcdmonitor/core/metrics/catalogue'
import type { WantedValues } from '@etcdmonitor/core/metrics/slots/window-values'
import type { GaugeColumn } from '@etcdmonitor/core/ports/metrics-store'

/** Columns of gauges that the values of `metrics` rest on; each one less is a fifth of what a store on a server has to send of them. */
export function gaugeColumns(
  metrics: readonly Metric[],
  { agg, include }: WantedValues,
): readonly GaugeColumn[] {
  const wanted = new Set<GaugeColumn>(['count', 'sum'])
  const add = (...columns: readonly GaugeColumn[]) => {
    for (const column of columns) wanted.add(column)
  }
  if (include.includes('band')) add('min', 'max')
  if (include.includes('stats')) add('min', 'max', 'last')
  for (const metric of metrics) {
    if (metric.kind !== 'gauge') add('last') // computed ones take both sides as they were last
    const asked = agg && metric.aggs.includes(agg) ? agg : metric.agg
    if (asked !== 'avg') add(asked)
  }
  return [...wanted]
}
