import { ALIASES } from './catalogue/aliases.ts'
import { COLLECTION } from './catalogue/collection.ts'
import { DISK } from './catalogue/disk.ts'
import { GRPC } from './catalogue/grpc.ts'
import { LEASE } from './catalogue/lease.ts'
import { NETWORK } from './catalogue/network.ts'
import { RAFT } from './catalogue/raft.ts'
import { RUNTIME } from './catalogue/runtime.ts'
import { STORAGE } from './catalogue/storage.ts'
import type { LabelName, SourceId } from './sources.ts'

export type MetricUnit =
  | 'bool'
  | 'count'
  | 'per_second'
  | 'bytes'
  | 'bytes_per_second'
  | 'bytes_per_hour'
  | 'seconds'
  | 'ratio'
  | 'percent'
  | 'hours'
  | 'revision'
  | 'index'
  | 'term'
  | 'timestamp'
export type MetricKind =
  | 'gauge'
  | 'counter'
  | 'rate'
  | 'percent'
  | 'increase'
  | 'quantile'
  | 'mean'
  | 'ratio'
  | 'lag'
  | 'forecast'
  | 'constant'
export type Aggregate = 'avg' | 'min' | 'max' | 'last'
export type SectionId = 'raft' | 'disk' | 'storage' | 'network' | 'grpc' | 'runtime' | 'lease' | 'collection'

/** One side of a threshold: the value and how long it must hold. `quorum` stands for a number of voters, `deadline` for that of a scrape. */
export interface Tier {
  readonly value: number | 'quorum' | 'deadline / 2'
  readonly for_s: number
}

/** Parameters of a derivation (metrics.md 4.1); which of them a metric has, its kind says. */
export interface MetricParams {
  /** Which quantile, in (0, 1]. */
  readonly q?: number
  /** Of the rate. */
  readonly factor?: number
  /** Only series with this value, or one of these, of a kept label; of a ratio of increases its numerator alone. */
  readonly where?: Readonly<Partial<Record<LabelName, string | readonly string[]>>>
  /** One series per value of this label (metrics.md 3.12). */
  readonly by?: 'peer' | 'method'
  /** Only series with these labels: what a labelled key adds to the metric that it names. */
  readonly only?: Readonly<Partial<Record<LabelName, string>>>
  /** Formula of a lag, a ratio or an increase that has one of its own (metrics.md 3.6, 3.7, 3.9). */
  readonly op?:
    | 'difference'
    | 'ratio'
    | 'one_minus_ratio'
    | 'behind_max'
    | 'since'
    | 'increase_ratio'
    | 'rate_over_gauge'
    | 'restarts'
  /** Lower values of the second source count as this one. */
  readonly floor_b?: number
  /** Which of the methods with the most calls, from 0. */
  readonly rank?: number
  /** Of a constant. */
  readonly value?: number
  /** Seconds that a forecast looks back, and its largest value. */
  readonly window_s?: number
  readonly max?: number
}

/** When a value deserves a colour (metrics.md 6). `op` compares the value with the tier's. */
export interface Threshold {
  readonly scope: 'member' | 'peer' | 'method' | 'cluster'
  readonly op: '>' | '>=' | '<' | '=='
  readonly window_s: number
  readonly notice: Tier | null
  readonly warning: Tier | null
  readonly critical: Tier | null
  /** The alerts of etcd's mixin it stands beside, for documentation. */
  readonly mixin: readonly { alert: string; value: number | string; for_s: number; severity: string }[] | null
  readonly condition: string
  readonly why: string
}

/** One name of the API (metrics.md 4). Members are those of `metrics-catalogue.json`, whose entries they equal. */
export interface Metric {
  readonly name: string
  readonly unit: MetricUnit
  readonly kind: MetricKind
  readonly source: readonly SourceId[]
  /** The formula in words, shown to people; `kind`, `source` and `params` are what is computed. */
  readonly derivation: string
  readonly params: MetricParams
  readonly help: string
  readonly charts: readonly string[]
  /** Aggregate of a slot when none is asked for. */
  readonly agg: Aggregate
  readonly aggs: readonly Aggregate[]
  /** Existing clients know the `reference` names and the aliases. */
  readonly origin: 'reference' | 'alias' | 'new'
  readonly section: SectionId
  readonly thresholds?: readonly Threshold[]
  /** The metric this is another name of. */
  readonly alias_of?: string
}

const NAMES: readonly Metric[] = [
  ...RAFT,
  ...DISK,
  ...STORAGE,
  ...NETWORK,
  ...GRPC,
  ...RUNTIME,
  ...LEASE,
  ...COLLECTION,
]

/** Every metric of the API, by section, then the aliases. Nothing on a metrics page creates a name. */
export const METRICS: readonly Metric[] = [
  ...NAMES,
  ...Object.entries(ALIASES).map(([name, of]) => toAlias(name, of)),
]

const byName: ReadonlyMap<string, Metric> = new Map(METRICS.map((metric) => [metric.name, metric]))

/** Looked up in a `Map`: any text may be asked for. */
export const findMetric = (name: string): Metric | undefined => byName.get(name)

function toAlias(name: string, of: string): Metric {
  const target = NAMES.find((metric) => metric.name === of)
  if (!target) throw new Error(`${name} stands for ${of}, which is no metric`)
  const { thresholds: _, ...same } = target
  return { ...same, name, help: `Alias of \`${of}\`.`, charts: [], origin: 'alias', alias_of: of }
}
