import type { Aggregate, Metric, MetricUnit } from '../catalogue.ts'
import { type SourceId, sourceOf } from '../sources.ts'

/** A metric without its section, which the list it stands in gives it. */
type Entry = Omit<Metric, 'section'>

/** What an entry says beyond the usual of its kind. */
interface Extra
  extends Partial<Pick<Entry, 'unit' | 'derivation' | 'charts' | 'agg' | 'origin' | 'thresholds'>> {
  /** Only series with these values of a kept label. */
  readonly where?: Metric['params']['where']
  /** One series per value of this label. */
  readonly by?: Metric['params']['by']
}

const ALL: readonly Aggregate[] = ['avg', 'min', 'max', 'last']

/** A value as it was sampled. The quantiles of a Go summary have no mean. */
export const gauge = (name: string, source: SourceId, help: string, extra: Extra = {}): Entry => ({
  ...toEntry(name, 'gauge', source, help, { unit: sourceOf(source).unit, ...extra }),
  aggs: source === 'gc_quantile' ? ['min', 'max', 'last'] : ALL,
})

/** A count since the process started; of a histogram its observations. */
export const counter = (name: string, source: SourceId, help: string, extra: Extra = {}): Entry => ({
  ...toEntry(name, isHistogram(source) ? 'count' : 'counter', source, help, extra),
  kind: 'counter',
  agg: 'last',
  aggs: ['last'],
})

/** How fast a counter, or the number of observations, rises per second. */
export const rate = (name: string, source: SourceId, help: string, extra: Extra = {}): Entry => ({
  ...toEntry(name, 'rate', source, help, extra),
  unit: countedUnit(source) === 'bytes' ? 'bytes_per_second' : 'per_second',
})

/** How much a counter, or the number of observations, rises in the slot. */
export const increase = (name: string, source: SourceId, help: string, extra: Extra = {}): Entry =>
  toEntry(name, 'increase', source, help, extra)

/** `q` in (0, 1] over the observations of the slot. */
export function quantile(
  name: string,
  [q, source]: readonly [number, SourceId],
  help: string,
  extra: Extra = {},
): Entry {
  const derivation = `quantile(${q.toFixed(2)}, ${selector(source, extra)})`
  const entry = toEntry(name, 'quantile', source, help, { unit: sourceOf(source).unit, derivation, ...extra })
  return { ...entry, params: { q, ...entry.params } }
}

/** Mean of the observations of the slot. */
export const mean = (name: string, source: SourceId, help: string, extra: Extra = {}): Entry => {
  const derivation = `mean(${selector(source, extra)})`
  return toEntry(name, 'mean', source, help, { unit: sourceOf(source).unit, derivation, ...extra })
}

/** What a histogram's six metrics say beyond the usual. */
interface HistogramExtra {
  /** Of quantiles and count; mean and rate are new everywhere. */
  readonly origin?: Metric['origin']
  readonly charts?: Readonly<Partial<Record<'p50' | 'p90' | 'p99' | 'mean', readonly string[]>>>
  /** Of the 99th percentile. */
  readonly thresholds?: Metric['thresholds']
}

/** The six metrics of a histogram; `what` is the part of their help before the colon. */
export function histogram(
  name: string,
  source: SourceId,
  what: string,
  { origin = 'reference', charts = {}, thresholds }: HistogramExtra = {},
): readonly Entry[] {
  const quantileOf = (p: 'p50' | 'p90' | 'p99', q: number, words: string, extra: Extra = {}) =>
    quantile(`${name}_${p}`, [q, source], `${what}: ${words} of the observations in the slot.`, {
      origin,
      charts: charts[p] ?? [],
      ...extra,
    })
  const observed = (words: string) => `${what}: observations ${words}.`
  return [
    quantileOf('p50', 0.5, 'median'),
    quantileOf('p90', 0.9, '90th percentile'),
    quantileOf('p99', 0.99, '99th percentile', thresholds && { thresholds }),
    counter(`${name}_count`, source, observed('since the process started'), { origin }),
    mean(`${name}_mean`, source, `${what}: mean of the observations in the slot.`, {
      origin: 'new',
      charts: charts.mean ?? [],
    }),
    rate(`${name}_count_rate`, source, observed('per second'), { origin: 'new' }),
  ]
}

/** A metric that combines sources, or has a formula of its own. */
export const computed = (
  entry: Omit<Entry, 'charts' | 'agg' | 'aggs' | 'origin'> &
    Partial<Pick<Entry, 'charts' | 'agg' | 'aggs' | 'origin'>>,
): Entry => ({ charts: [], agg: 'avg', aggs: ALL, origin: 'new', ...entry })

/** The entries of one section; a family of metrics may stand among them as a list. */
export const inSection = (
  section: Metric['section'],
  entries: readonly (Entry | readonly Entry[])[],
): readonly Metric[] => entries.flat().map((entry) => ({ ...entry, section }))

function toEntry(
  name: string,
  formula: 'counter' | 'count' | 'gauge' | 'rate' | 'increase' | 'quantile' | 'mean',
  source: SourceId,
  help: string,
  { where, by, thresholds, ...extra }: Extra,
): Entry {
  const counted =
    isHistogram(source) && formula !== 'count' ? `count(${source})` : selector(source, { where, by })
  return {
    name,
    unit: countedUnit(source),
    kind: formula === 'count' ? 'counter' : formula,
    source: [source],
    derivation: `${formula}(${counted})`,
    params: { ...(where && { where }), ...(by && { by }) },
    help,
    charts: [],
    agg: 'avg',
    aggs: ALL,
    origin: 'reference',
    ...(thresholds && { thresholds }),
    ...extra,
  }
}

const isHistogram = (source: SourceId): boolean => sourceOf(source).kind === 'histogram'

/** Of counts: observations have none of their own. */
const countedUnit = (source: SourceId): MetricUnit => (isHistogram(source) ? 'count' : sourceOf(source).unit)

/** `grpc_handled{class="ok"} by method` */
function selector(source: SourceId, { where = {}, by }: Pick<Extra, 'where' | 'by'>): string {
  const matchers = Object.entries(where).map(([label, values]) => `${label}="${[values].flat().join('|')}"`)
  return `${source}${matchers.length > 0 ? `{${matchers.join(', ')}}` : ''}${by ? ` by ${by}` : ''}`
}
