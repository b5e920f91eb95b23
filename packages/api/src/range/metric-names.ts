import { AppError } from '@etcdmonitor/core/errors'
import { findMetric, type Metric } from '@etcdmonitor/core/metrics/catalogue'
import { ofLabel } from '@etcdmonitor/core/metrics/evaluate/metric-labels'

/** Names of one request, and characters of an unknown one that are shown. */
const MAX_NAMES = 200
const MAX_SHOWN = 64

/** A name with a value of its label (metrics.md 3.12). */
const KEY = /^(?<name>[a-z][a-z0-9_]{1,100})\{(?<label>peer|method)="(?<value>[A-Za-z0-9/]{1,64})"\}$/

export interface AskedMetrics {
  /** Each once, sorted by name: equal sets give equal answers. */
  readonly metrics: readonly Metric[]
  /**
   * Names of which it is not sure that they are known, each once, in the order of the request: those of no metric, which never reach a store,
   * and labelled keys, whose values only the store knows.
   */
  readonly unsure: readonly string[]
}

/**
 * The metrics that a comma-separated list names; blank pieces are dropped (api.md 5.3).
 * @throws AppError `too_many_metrics`
 */
export function readMetricNames(list: string): AskedMetrics {
  const names = [...new Set(list.split(',').filter((name) => name.trim() !== ''))]
  if (names.length > MAX_NAMES)
    throw new AppError('too_many_metrics', `${names.length} metrics are too many, at most ${MAX_NAMES} fit`, {
      details: { max: MAX_NAMES },
    })
  const metrics = names.flatMap((name) => findMetric(name) ?? findKey(name) ?? [])
  return {
    metrics: metrics.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    unsure: names.filter((name) => !findMetric(name)),
  }
}

/** Those of `unsure` that no answer has, as they are shown. */
export const unknownNames = (
  unsure: readonly string[],
  isAnswered: (name: string) => boolean,
): readonly string[] => unsure.filter((name) => !isAnswered(name)).map((name) => name.slice(0, MAX_SHOWN))

function findKey(key: string): Metric | undefined {
  const { name = '', label, value = '' } = KEY.exec(key)?.groups ?? {}
  const metric = findMetric(name)
  return metric && metric.params.by === label ? ofLabel(metric, value) : undefined
}
