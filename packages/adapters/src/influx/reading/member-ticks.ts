import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import { sourceOf } from '@etcdmonitor/core/metrics/sources'
import type {
  HistogramTicks,
  MemberRef,
  MemberTicks,
  ScalarTicks,
  SeriesTicks,
} from '@etcdmonitor/core/ports/metrics-store'
import { fieldsOf, MARK_FIELD } from '../influx-schema.ts'
import { deltaGroup, hasDeltas, labelsKey, meaningOf, type RowSeries } from './answer-rows.ts'

/** What was read of a member for a window that begins at `from`. */
export interface TickRows {
  readonly from: number
  /** Of the window, or from the oldest seam on. */
  readonly samples: readonly RowSeries[]
  /** The newest sample of each series before the window. Those of a group that are older than its newest are absent there (metrics.md 3.3). */
  readonly seam?: readonly RowSeries[]
  /** Of `clockFields`, as far back as the seam may lie. */
  readonly clock: readonly RowSeries[]
}

const INTERVAL: SourceId = 'scrape_interval_seconds'
const CLOCK_ERROR: SourceId = 'scrape_clock_error_seconds'
/** The second stands in where the first is missing. */
const POSITIONS: readonly SourceId[] = ['raft_index', 'proposals_committed']

/** What the delta rules need beside the samples (metrics.md 3.3); `MARK_FIELD` where every tick is wanted. */
export function clockFields(sources: readonly SourceId[]): readonly string[] {
  const deltas = sources.filter(hasDeltas)
  if (deltas.length === 0) return []
  const needsPosition = deltas.some((source) => continues(source))
  return [INTERVAL, CLOCK_ERROR, ...(needsPosition ? POSITIONS : [])].map(fieldOf)
}

/** Those of every source, and the ticks themselves. */
export const TICK_FIELDS: readonly string[] = [
  MARK_FIELD,
  ...[INTERVAL, CLOCK_ERROR, ...POSITIONS].map(fieldOf),
]

/** Samples of a member as ticks, ready for the folds. */
export function toMemberTicks(member: MemberRef, { from, samples, seam = [], clock }: TickRows): MemberTicks {
  const series = joinSeam(samples, newestOfGroups(seam))
  const times = joinTimes(series, clock, from)
  const place = placer(times)
  const rule = (source: SourceId) => place(clock.find(({ field }) => field === fieldOf(source)))
  const [index, committed] = POSITIONS.map(rule)
  return {
    member,
    times,
    first: firstFrom(times, from),
    intervalSeconds: rule(INTERVAL),
    clockError: rule(CLOCK_ERROR),
    raftPosition: (index ?? times).map((value, i) => {
      const other = committed?.[i] ?? Number.NaN
      return Number.isNaN(value) && other > 0 ? other : value
    }),
    series: toSeries(series, place),
  }
}

function continues(source: SourceId): boolean {
  const { restart }: { readonly restart?: string } = sourceOf(source)
  return restart === 'continues'
}

function fieldOf(source: SourceId): string {
  const fields = fieldsOf(source)
  if (fields.kind === 'histogram') throw new Error(`${source} has several fields`)
  return fields.value
}

/** What is older than the newest sample of its group counts as absent there: the series is known, but has no value. */
export function newestOfGroups(seam: readonly RowSeries[]): readonly RowSeries[] {
  const newest = new Map<string, number>()
  for (const one of seam) {
    const group = deltaGroup(one)
    newest.set(group, Math.max(newest.get(group) ?? 0, one.times.at(-1) ?? 0))
  }
  return seam.map((one) =>
    one.times.at(-1) === newest.get(deltaGroup(one)) ? one : { ...one, times: [], values: [] },
  )
}

function joinSeam(samples: readonly RowSeries[], seam: readonly RowSeries[]): readonly RowSeries[] {
  if (seam.length === 0) return samples
  const keyOf = ({ field, bound, labels }: RowSeries) => `${field} ${bound} ${labelsKey(labels)}`
  const joined = new Map(samples.map((one) => [keyOf(one), one]))
  for (const one of seam) {
    const later = joined.get(keyOf(one))
    joined.set(keyOf(one), {
      ...one,
      times: [...one.times, ...(later?.times ?? [])],
      values: [...one.values, ...(later?.values ?? [])],
    })
  }
  return [...joined.values()]
}

/** Every tick from the oldest sample on, or from the beginning of the window. */
function joinTimes(series: readonly RowSeries[], clock: readonly RowSeries[], from: number): Float64Array {
  let joined: readonly number[] = []
  for (const { times } of series) joined = joinSorted(joined, times)
  const since = Math.min(from, joined[0] ?? from)
  for (const { times } of clock) {
    const first = times.findIndex((at) => at >= since)
    if (first >= 0) joined = joinSorted(joined, times.slice(first))
  }
  return Float64Array.from(joined)
}

/** Both ascend. Most series have a sample at every tick: then nothing is copied. */
function joinSorted(known: readonly number[], times: readonly number[]): readonly number[] {
  let i = 0
  for (const at of times) {
    while (i < known.length && (known[i] ?? 0) < at) i++
    if (known[i] !== at) return [...new Set([...known, ...times])].sort((a, b) => a - b)
  }
  return known
}

function firstFrom(times: Float64Array, from: number): number {
  const first = times.findIndex((at) => at >= from)
  return first < 0 ? times.length : first
}

type Place = (series: RowSeries | undefined) => Float64Array

/** Values at the ticks, NaN where there is none. Both ascend. */
function placer(ticks: Float64Array): Place {
  return (series) => {
    const column = new Float64Array(ticks.length).fill(Number.NaN)
    let i = 0
    for (const [k, at] of (series?.times ?? []).entries()) {
      while (i < ticks.length && (ticks[i] ?? 0) < at) i++
      if (ticks[i] === at) column[i] = series?.values[k] ?? Number.NaN
    }
    return column
  }
}

function toSeries(rows: readonly RowSeries[], place: Place): readonly SeriesTicks[] {
  const scalars: ScalarTicks[] = []
  const sets = new Map<string, RowSeries[]>()
  for (const one of rows) {
    const meaning = meaningOf(one.field)
    if (!meaning) continue
    const { kind } = sourceOf(meaning.source)
    if (kind !== 'histogram')
      scalars.push({ kind, source: meaning.source, labels: one.labels, values: place(one) })
    else {
      const group = deltaGroup(one)
      sets.set(group, [...(sets.get(group) ?? []), one])
    }
  }
  return [...scalars, ...[...sets.values()].flatMap((set) => toHistograms(set, place))]
}

/** One series for each layout of bounds that the label set had. */
function toHistograms(set: readonly RowSeries[], place: Place): readonly HistogramTicks[] {
  const buckets = set.filter(({ bound }) => !Number.isNaN(bound)).sort((a, b) => a.bound - b.bound)
  const cumulative = buckets.map(place)
  const sum = place(set.find(({ bound }) => Number.isNaN(bound)))
  const found = new Map<string, HistogramTicks & { readonly places: readonly number[] }>()
  for (let i = 0; i < sum.length; i++) {
    const places = cumulative.flatMap((column, k) => (Number.isNaN(column[i]) ? [] : [k]))
    // half a sample is none
    if (Number.isNaN(sum[i]) || buckets[places.at(-1) ?? -1]?.bound !== Number.POSITIVE_INFINITY) continue
    const key = places.join()
    const one = found.get(key) ?? openHistogram(set, places, buckets, sum.length)
    found.set(key, one)
    let below = 0
    for (const [k, column] of one.buckets.entries()) {
      const count = cumulative[places[k] ?? 0]?.[i] ?? 0
      column[i] = count - below
      below = count
    }
    one.sum[i] = sum[i] ?? Number.NaN
  }
  return [...found.values()].map(({ places: _, ...one }) => one)
}

function openHistogram(
  [first]: readonly RowSeries[],
  places: readonly number[],
  buckets: readonly RowSeries[],
  length: number,
) {
  const source = meaningOf(first?.field ?? '')?.source
  if (!first || !source) throw new Error('a histogram without rows')
  const column = () => new Float64Array(length).fill(Number.NaN)
  return {
    kind: 'histogram' as const,
    source,
    labels: first.labels,
    bounds: places.slice(0, -1).map((k) => buckets[k]?.bound ?? 0),
    buckets: places.map(column),
    sum: column(),
    places,
  }
}
