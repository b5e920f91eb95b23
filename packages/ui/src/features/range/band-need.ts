import { isQuantile } from '@etcdmonitor/core/metrics/metric-name'
import type { PanelSeries } from '@etcdmonitor/core/metrics/panels'
import { defaultStep } from '@etcdmonitor/core/metrics/slots/plan-window'
import type { SeriesBand } from '../../charts/chart-columns.ts'
import { windowSeconds } from '../../url/monitor-url.ts'
import type { RangeScope } from './range-batch.ts'
import type { MemberColumns } from './window-data.ts'

const hasBand = ({ style, metric }: PanelSeries): boolean => style === 'band' || isQuantile(metric)

/** The scope to ask for these series in: with extremes where a slot holds more than one scrape (ui.md 7.1). */
export function withBands(scope: RangeScope, series: readonly PanelSeries[]): RangeScope {
  const interval = scope.interval * 1_000
  const step =
    scope.step === undefined ? defaultStep(windowSeconds(scope.window) * 1_000, interval) : scope.step * 1_000
  return step > interval && series.some(hasBand) ? { ...scope, withBand: true } : scope
}

/** The band of a series as it is drawn: of a quantile only the largest, so that a stall stays in sight. */
export function bandOf(series: PanelSeries, columns: MemberColumns | undefined): SeriesBand | undefined {
  const band = columns?.bands.get(series.metric)
  if (!band || !hasBand(series)) return undefined
  const top = Math.max(0, ...band.max.flatMap((value) => value ?? []))
  return series.style === 'band' ? { min: band.min, max: band.max, top } : { max: band.max, top }
}
