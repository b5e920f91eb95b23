import { needsTwoScrapes } from '@etcdmonitor/core/metrics/metric-name'
import type { PanelSeries } from '@etcdmonitor/core/metrics/panels'
import type { WindowData } from '../range/window-data.ts'

/** Gauges that are computed of several sources: in a long window of their means. */
const COMPUTED =
  /(_lag|_ratio|_free_bytes|_uncompacted_revisions|_active_(watch|lease)_streams|_uptime_seconds)$/

/**
 * Length of the parts, ms, that the extremes and the last value of some of these series are taken over (metrics.md 3.10);
 * undefined: all are those of single scrapes, as of plain gauges they always are.
 */
export function coarsePart(
  series: readonly Pick<PanelSeries, 'metric'>[],
  data: Pick<WindowData, 'part'> | undefined,
  interval: number,
): number | undefined {
  if (!data || data.part <= interval) return undefined
  const isComputed = ({ metric }: Pick<PanelSeries, 'metric'>) =>
    needsTwoScrapes(metric) || COMPUTED.test(metric)
  return series.some(isComputed) ? data.part : undefined
}
