import type { HistogramSample, Labels, MemberTick, TickBatch } from '../metrics/sample.ts'
import { type SourceEntry, type SourceId, sourceOf } from '../metrics/sources.ts'
import type { MemberRef, SlotQuery } from './metrics-store.ts'

/** One series as `slots` must give it: every column by name, one number per slot. */
export interface ExpectedSeries {
  readonly kind: SourceEntry['kind']
  readonly columns: Readonly<Record<string, readonly number[]>>
  /** No sample in the window, nor under the rule `siblings` in its look-back: a store may leave the series out. */
  readonly isOptional: boolean
}

interface Point<T> {
  readonly at: number
  readonly value: T
}
/** `key`: the series whose slot gets it, that of the later sample. */
interface Delta<T> {
  readonly key: string
  readonly at: number
  readonly seconds: number
  readonly value: T
}
interface Tick {
  readonly at: number
  readonly scalars: ReadonlyMap<string, number>
  readonly histograms: ReadonlyMap<string, HistogramSample>
}
interface Buckets {
  readonly buckets: readonly number[]
  readonly sum: number
}

const LOOK_BACK_MS = 3 * 3_600_000

/** Identity of a series within its member, whatever the order of its labels. */
export const seriesKey = (source: SourceId, labels: Labels, bounds?: readonly number[]): string =>
  JSON.stringify([source, Object.entries(labels).sort(), bounds])

/** What `slots` must answer for one member: metrics.md 3.2 to 3.5 over all samples, without windows, tiers or state. */
export function expectedSlots(
  batches: readonly TickBatch[],
  member: MemberRef,
  query: Pick<SlotQuery, 'sources' | 'from' | 'to' | 'step'>,
): ReadonlyMap<string, ExpectedSeries> {
  const ticks = ticksOf(batches, member)
  const expected = new Map<string, ExpectedSeries>()
  for (const source of query.sources) {
    const { kind } = sourceOf(source)
    const series =
      kind === 'gauge'
        ? gauges(ticks, source, query)
        : kind === 'counter'
          ? counters(ticks, source, query)
          : histograms(ticks, source, query)
    for (const [key, one] of series) expected.set(key, one)
  }
  return expected
}

function ticksOf(batches: readonly TickBatch[], { clusterId, memberId }: MemberRef): readonly Tick[] {
  const tickOf = (at: number, tick: MemberTick): Tick => ({
    at,
    scalars: new Map(tick.scalars.map((one) => [seriesKey(one.source, one.labels), one.value])),
    histograms: new Map(
      tick.histograms.map((one) => [seriesKey(one.source, one.labels, one.bounds), one] as const),
    ),
  })
  return batches
    .filter((batch) => batch.clusterId === clusterId)
    .flatMap(({ at, members }) =>
      members.filter((one) => one.memberId === memberId).map((one) => tickOf(at, one)),
    )
    .sort((a, b) => a.at - b.at)
}

type Window = Pick<SlotQuery, 'from' | 'to' | 'step'>
type Entries = readonly (readonly [key: string, ExpectedSeries])[]

const perSlot = <T>({ from, to, step }: Window, of: (start: number, end: number) => T): T[] =>
  Array.from({ length: (to - from) / step }, (_, k) => of(from + k * step, from + (k + 1) * step))
const within = <T extends { readonly at: number }>(all: readonly T[], start: number, end: number) =>
  all.filter(({ at }) => at >= start && at < end)
const sumOf = (values: readonly number[]) =>
  values.length === 0 ? Number.NaN : values.reduce((a, b) => a + b, 0)
const keysOf = (source: SourceId, maps: readonly ReadonlyMap<string, unknown>[]) =>
  [...new Set(maps.flatMap((map) => [...map.keys()]))].filter((key) => JSON.parse(key)[0] === source)
/** Nothing that the window could show: a store may leave the series out. */
const isElsewhere = ({ from, to }: Window, points: readonly { readonly at: number }[], lookBack = 0) =>
  !points.some(({ at }) => at >= from - lookBack && at < to)

function pointsOf(ticks: readonly Tick[], key: string): Point<number>[] {
  return ticks.flatMap(({ at, scalars }) => {
    const value = scalars.get(key)
    return value === undefined ? [] : [{ at, value }]
  })
}

function gauges(ticks: readonly Tick[], source: SourceId, window: Window): Entries {
  return keysOf(
    source,
    ticks.map(({ scalars }) => scalars),
  ).map((key) => {
    const points = pointsOf(ticks, key)
    const slots = perSlot(window, (start, end) => within(points, start, end).map(({ value }) => value))
    const columns = {
      count: slots.map(({ length }) => length),
      sum: slots.map(sumOf),
      min: slots.map((values) => (values.length === 0 ? Number.NaN : Math.min(...values))),
      max: slots.map((values) => (values.length === 0 ? Number.NaN : Math.max(...values))),
      last: slots.map((values) => values.at(-1) ?? Number.NaN),
    }
    return [key, { kind: 'gauge', columns, isOptional: isElsewhere(window, points) }]
  })
}

function counters(ticks: readonly Tick[], source: SourceId, window: Window): Entries {
  const { absent, restart }: SourceEntry = sourceOf(source)
  const keys = keysOf(
    source,
    ticks.map(({ scalars }) => scalars),
  )
  const lookBack = absent === 'siblings' ? LOOK_BACK_MS : 0
  const someSample = ticks.filter(({ scalars }) => keys.some((key) => scalars.has(key)))
  return keys.map((key) => {
    const own = pointsOf(ticks, key)
    const points =
      absent === 'siblings'
        ? someSample.map(({ at, scalars }) => ({ at, value: scalars.get(key) ?? 0 }))
        : own
    const deltas = deltasOf(ticks, points, (before, now) => {
      const { value: v0 } = before
      const { value: v1 } = now
      if (restart === 'continues') {
        const hasFallen = positionAt(ticks, now.at) < positionAt(ticks, before.at)
        return v0 === 0 || v1 === 0 || v1 < v0 || hasFallen ? undefined : { key, value: v1 - v0 }
      }
      if (v1 >= v0) return { key, value: v1 - v0 }
      return { key, value: restart === 'recounts' ? Math.max(0, v1 - 1) : v1 }
    })
    const slots = perSlot(window, (start, end) => within(deltas, start, end))
    const columns = {
      covered: slots.map((some) => some.reduce((sum, { seconds }) => sum + seconds, 0)),
      increase: slots.map((some) => sumOf(some.map(({ value }) => value))),
      last: perSlot(window, (start, end) => within(points, start, end).at(-1)?.value ?? Number.NaN),
    }
    return [key, { kind: 'counter', columns, isOptional: isElsewhere(window, own, lookBack) }]
  })
}

function histograms(ticks: readonly Tick[], source: SourceId, window: Window): Entries {
  const keys = keysOf(
    source,
    ticks.map((tick) => tick.histograms),
  )
  const labelsOf = (key: string) => JSON.stringify(JSON.parse(key)[1])
  const samplesOf = (wanted: (key: string) => boolean) =>
    ticks.flatMap(({ at, histograms: all }) =>
      [...all].filter(([key]) => wanted(key)).map(([key, value]) => ({ at, value: { ...value, key } })),
    )
  return keys.map((key) => {
    const set = samplesOf((other) => keys.includes(other) && labelsOf(other) === labelsOf(key))
    const own = samplesOf((other) => other === key)
    const deltas = deltasOf(ticks, set, ({ value: before }, { value: now }) => {
      const isReset = before.key !== now.key || now.buckets.some((n, k) => n < (before.buckets[k] ?? 0))
      const value: Buckets = isReset
        ? now
        : {
            buckets: now.buckets.map((n, k) => n - (before.buckets[k] ?? 0)),
            sum: now.sum - before.sum,
          }
      return { key: now.key, value }
    }).filter((delta) => delta.key === key)
    const slots = perSlot(window, (start, end) => within(deltas, start, end))
    const lasts = perSlot(window, (start, end) => within(own, start, end).at(-1)?.value.buckets ?? [])
    const buckets = own[0]?.value.buckets.map((_, k) => [
      `bucket ${k}`,
      slots.map((some) => sumOf(some.map(({ value }) => value.buckets[k] ?? 0))),
    ])
    const columns = {
      covered: slots.map((some) => some.reduce((sum, { seconds }) => sum + seconds, 0)),
      sum: slots.map((some) => sumOf(some.map(({ value }) => value.sum))),
      total: lasts.map(sumOf),
      ...Object.fromEntries(buckets ?? []),
    }
    return [key, { kind: 'histogram', columns, isOptional: isElsewhere(window, own) }]
  })
}

/** Those of neighbours that are counted, each with the time that really passed. */
function deltasOf<T, D>(
  ticks: readonly Tick[],
  points: readonly Point<T>[],
  between: (before: Point<T>, now: Point<T>) => { readonly key: string; readonly value: D } | undefined,
): readonly Delta<D>[] {
  const errorKey = seriesKey('scrape_clock_error_seconds', {})
  const intervalKey = seriesKey('scrape_interval_seconds', {})
  return points.slice(1).flatMap((now, i) => {
    const before = points[i] ?? now
    const passed = ticks.filter(({ at }) => at > before.at && at <= now.at)
    const distance = (now.at - before.at) / 1_000
    const seconds = passed.reduce((sum, { scalars }) => sum + (scalars.get(errorKey) ?? 0), 0) + distance
    const longest = Math.max(3_600, 3 * (passed.at(-1)?.scalars.get(intervalKey) ?? 0))
    const delta = distance > longest || seconds > longest ? undefined : between(before, now)
    return delta === undefined ? [] : [{ ...delta, at: now.at, seconds }]
  })
}

function positionAt(ticks: readonly Tick[], at: number): number {
  const scalars = ticks.find((tick) => tick.at === at)?.scalars
  const committed = scalars?.get(seriesKey('proposals_committed', {})) || Number.NaN // 0 is no position
  return scalars?.get(seriesKey('raft_index', {})) ?? committed
}
