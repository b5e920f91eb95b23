import type { Metric } from '@etcdmonitor/core/metrics/catalogue'
import { readSources } from '@etcdmonitor/core/metrics/evaluate/evaluate-parts'
import { type SourceId, sourceOf } from '@etcdmonitor/core/metrics/sources'
import { LOOK_BACK, type MemberRef, READ_LIMITS } from '@etcdmonitor/core/ports/metrics-store'
import type { RangeRequest } from './range-request.ts'

/** Half of what a store takes for one call: the weights below are estimates. */
const MAX_COST = READ_LIMITS.doubles / 2

/** Doubles of one sample or slot of a series: the columns of a gauge, of a counter; the buckets that etcd's histograms have. */
const WEIGHTS = { gauge: 5, counter: 3, histogram: 24 }
/** Series that a source with kept labels has: peers, mostly. */
const LABEL_SETS = 8

/** One call to the store: these members, the sources of these metrics. */
export interface Read {
  readonly members: readonly MemberRef[]
  readonly metrics: readonly Metric[]
  readonly sources: readonly SourceId[]
  /** Whether the parts of the window are wanted beside its slots. */
  readonly withParts: boolean
}

/**
 * Rows per series that a call answers or reads at most: slots of the window, its coarse parts and their seam, samples that are stored of it.
 * `interval`: of the collector, ms.
 */
export function rowsOf(
  { window: { from, to, slots }, parts, horizon }: Pick<RangeRequest, 'window' | 'parts' | 'horizon'>,
  { interval, withParts }: { readonly interval: number; readonly withParts: boolean },
): number {
  const stored = to - Math.max(from, horizon?.ticks ?? to)
  const isCoarse = withParts && parts.kind === 'slots'
  const coarse = isCoarse ? Math.ceil((to - from) / parts.length) + Math.ceil(LOOK_BACK / parts.length) : 0
  return Math.max(slots, coarse, Math.ceil(stored / interval))
}

/**
 * Splits what is asked for into calls that keep the bounds of the port (storage.md 2.1): groups of members and whole sources, metrics of one
 * source together. `rows`: of `rowsOf`.
 */
export function planReads(
  members: readonly MemberRef[],
  metrics: readonly Metric[],
  { rows, withParts }: { readonly rows: number; readonly withParts: boolean },
): Read[] {
  return groupSources(metrics, rows).flatMap((group) => {
    const sources = sourcesOf(group)
    const atOnce = Math.min(READ_LIMITS.members, Math.floor(MAX_COST / (rows * costOf(sources))))
    return chunks(members, Math.max(1, atOnce)).map((some) => ({
      members: some,
      metrics: group,
      sources,
      withParts,
    }))
  })
}

function groupSources(metrics: readonly Metric[], rows: number): Metric[][] {
  const groups: Metric[][] = []
  let cost = Number.POSITIVE_INFINITY
  for (const some of Map.groupBy(metrics, (metric) => readSources(metric).join()).values()) {
    const own = rows * costOf(sourcesOf(some))
    const last = groups.at(-1)
    if (last && cost + own <= MAX_COST) {
      last.push(...some)
      cost += own
    } else {
      groups.push([...some])
      cost = own
    }
  }
  return groups
}

const sourcesOf = (metrics: readonly Metric[]): SourceId[] => [...new Set(metrics.flatMap(readSources))]

function costOf(sources: readonly SourceId[]): number {
  return sources.reduce((sum, id) => {
    const { kind, labels } = sourceOf(id)
    return sum + WEIGHTS[kind] * (labels ? LABEL_SETS : 1)
  }, 0)
}

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
