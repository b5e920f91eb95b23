import { mergeHistograms } from '../evaluate/histogram.ts'
import type { HistogramSample, Labels, ScalarSample } from '../sample.ts'
import { SOURCES, type SourceEntry, type SourceId } from '../sources.ts'
import type { HistogramLines, Page, PageSample } from './exposition.ts'
import { toHistogram } from './histogram-lines.ts'
import { createValueLimit, keptLabels } from './label-rules.ts'
import { familiesOf } from './wanted-names.ts'

/** Why single values of a page were left out. */
export type DropReason = 'not_finite' | 'doubled' | 'bad_histogram' | 'series_limit'
export type Drops = Partial<Record<DropReason, number>>

/** Sources of one page: at most one sample per source and labels, in the order of `SOURCES`, then of the labels' texts. */
export interface PageSources {
  readonly scalars: readonly ScalarSample[]
  readonly histograms: readonly HistogramSample[]
  /** Source and labels of everything that stood on the page, values that were dropped included: no explicit zero is made for it. */
  readonly seen: ReadonlySet<string>
  readonly drops: Drops
}

type Entry = SourceEntry & { readonly id: SourceId }
interface Reduction {
  readonly scalars: ScalarSample[]
  readonly histograms: HistogramSample[]
  readonly seen: Set<string>
  readonly drops: Drops
}

const PAGE_SOURCES = SOURCES.filter(({ from }) => from === 'metrics') as readonly Entry[] // SOURCES is made of entries
/** A page shows about 700 of their series and nearly all stay 0; a missing one counts as 0 by its siblings (metrics.md 1.1). */
const WITHOUT_ZEROS: ReadonlySet<SourceId> = new Set<SourceId>(['grpc_started', 'grpc_handled'])

export const seriesKey = (source: SourceId, labels: Labels): string =>
  `${source} ${Object.values(labels).join(' ')}` // kept values hold no blank

/** Steps 1 to 4 of metrics.md 2.6. Yields after each source so that the caller can let others run. */
export function* reducePage(page: Page): Generator<undefined, PageSources> {
  const reduction: Reduction = { scalars: [], histograms: [], seen: new Set(), drops: {} }
  if (page.doubled > 0) reduction.drops.doubled = page.doubled
  for (const entry of PAGE_SOURCES) {
    if (entry.kind === 'histogram') reduceHistogram(entry, page, reduction)
    else reduceScalar(entry, page, reduction)
    yield
  }
  return reduction
}

function reduceScalar(entry: Entry, page: Page, { scalars, seen, drops }: Reduction): void {
  const isWanted = (value: number) => Number.isFinite(value) && (entry.kind === 'gauge' || value >= 0)
  for (const { labels, members } of groupByLabels<PageSample>(entry, page.scalars, drops)) {
    seen.add(seriesKey(entry.id, labels))
    const values = members.map(({ value }) => value).filter(isWanted)
    drop(drops, 'not_finite', members.length - values.length)
    if (values.length === 0) continue
    const value = values.reduce((sum, one) => sum + one, 0)
    if (!Number.isFinite(value)) drop(drops, 'not_finite', values.length)
    else if (value !== 0 || !WITHOUT_ZEROS.has(entry.id)) scalars.push({ source: entry.id, labels, value })
  }
}

function reduceHistogram(entry: Entry, page: Page, { histograms, seen, drops }: Reduction): void {
  for (const { labels, members } of groupByLabels<HistogramLines>(entry, page.histograms, drops)) {
    seen.add(seriesKey(entry.id, labels))
    const whole = members.flatMap((lines) => toHistogram(lines, entry.divide ?? 1) ?? [])
    drop(drops, 'bad_histogram', members.length - whole.length)
    if (whole.length === 0) continue
    const { bounds, buckets, sum } = mergeHistograms(whole)
    histograms.push({ source: entry.id, labels, bounds, buckets: Array.from(buckets), sum })
  }
}

interface Group<T> {
  readonly labels: Labels
  /** Sorted by the text of their label sets: sums must not depend on the order of the page. */
  readonly members: T[]
}

/** Label sets of the first family of `entry` that is on the page, joined by what is kept of them. */
function groupByLabels<T extends { readonly labels: ReadonlyMap<string, string> }>(
  entry: Entry,
  families: ReadonlyMap<string, ReadonlyMap<string, T>>,
  drops: Drops,
): readonly Group<T>[] {
  const family = familiesOf(entry).find((name) => families.has(name))
  const sets = family === undefined ? undefined : families.get(family)
  if (!sets) return []
  const kept = [...sets]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, member]) => {
      const labels = keptLabels(entry, member.labels)
      return labels ? { labels, member } : []
    })
  const limit = createValueLimit(kept.map(({ labels }) => labels))
  const groups = new Map<string, Group<T>>()
  for (const { labels, member } of kept) {
    const limited = limit(labels)
    if (!limited) {
      drop(drops, 'series_limit', 1)
      continue
    }
    const key = seriesKey(entry.id, limited)
    const group = groups.get(key) ?? { labels: limited, members: [] }
    groups.set(key, group)
    group.members.push(member)
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group)
}

function drop(drops: Drops, reason: DropReason, count: number): void {
  if (count > 0) drops[reason] = (drops[reason] ?? 0) + count
}
