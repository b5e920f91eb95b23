import { METRICS, type Metric } from '@etcdmonitor/core/metrics/catalogue'
import { toPromql } from './baselines/promql.ts'

const MINUTE = 60_000
const NAMES = 100
const QUANTILES = 10

/** At most 100 names of one source each that other servers can be asked for, too: single values, then a tenth of quantiles. */
export function dashboardMetrics(): readonly Metric[] {
  const known = METRICS.filter(
    (metric) => metric.origin !== 'alias' && toPromql(metric, '', MINUTE) !== undefined,
  )
  const quantiles = known.filter(({ kind }) => kind === 'quantile').slice(0, QUANTILES)
  return [...known.filter(({ kind }) => kind !== 'quantile').slice(0, NAMES - QUANTILES), ...quantiles]
}

/** p50, p90 and p99 of ten histograms. */
export function quantileMetrics(): readonly Metric[] {
  const quantiles = METRICS.filter(({ kind, origin }) => kind === 'quantile' && origin !== 'alias')
  const histograms = [...new Set(quantiles.map(({ source }) => source[0]))].slice(0, QUANTILES)
  return quantiles.filter(({ source }) => histograms.includes(source[0]))
}
