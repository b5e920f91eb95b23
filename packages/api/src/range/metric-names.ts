import { AppError } from '@etcdmonitor/core/errors'
import { findMetric, type Metric } from '@etcdmonitor/core/metrics/catalogue'

/** Names of one request, and characters of an unknown one that are shown. */
const MAX_NAMES = 200
const MAX_SHOWN = 64

export interface AskedMetrics {
  /** Each once, sorted by name: equal sets give equal answers. */
  readonly metrics: readonly Metric[]
  /** Each once, in the order of the request, cut at 64 characters. They never reach a store. */
  readonly unknown: readonly string[]
}

/**
 * The metrics that a comma-separated list names; blank pieces are dropped (api.md 5.3).
 * @throws AppError `too_many_metrics`
 */
export function readMetricNames(list: string): AskedMetrics {
  const names = new Set(list.split(',').filter((name) => name.trim() !== ''))
  if (names.size > MAX_NAMES)
    throw new AppError('too_many_metrics', `${names.size} metrics are too many, at most ${MAX_NAMES} fit`, {
      details: { max: MAX_NAMES },
    })
  const metrics = [...names].flatMap((name) => findMetric(name) ?? [])
  return {
    metrics: metrics.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    unknown: [...names].filter((name) => !findMetric(name)).map((name) => name.slice(0, MAX_SHOWN)),
  }
}
