import { expect } from 'vitest'
import type { MemberTick, TickBatch } from '../metrics/sample.ts'
import { type SourceId, sourceOf } from '../metrics/sources.ts'
import { type ExpectedSeries, expectedSlots, seriesKey } from './metrics-oracle.contract.ts'
import { RECORDED } from './metrics-recording.contract.ts'
import type {
  MemberRef,
  MemberTicks,
  MetricsReader,
  SeriesSlots,
  SeriesTicks,
  SlotAnswer,
  SlotQuery,
} from './metrics-store.ts'

const LOOK_BACK = 3 * 3_600_000

/** Both recorded members in every column, as the oracle has them; counts and times to the bit, other numbers to 1e-9. */
export async function expectSlots(
  reader: MetricsReader,
  batches: readonly TickBatch[],
  query: Omit<SlotQuery, 'members'>,
): Promise<void> {
  const { members } = await reader.slots({ ...query, members: RECORDED })
  for (const [i, { member, series }] of members.entries()) {
    expect(member).toEqual(RECORDED[i])
    const found = new Map(series.map((one) => [keyOf(one), one]))
    expect(found.size).toBe(series.length)
    const wanted = expectedSlots(batches, member, query)
    for (const [key, one] of wanted) expectSeries(key, found.get(key), one)
    for (const [key, one] of found)
      if (!wanted.has(key)) throw new Error(`${key} was never appended, but ${one.kind} came back`)
  }
}

/** The same series with the same numbers, to 1e-9. */
export function expectSameSlots(found: SlotAnswer, wanted: SlotAnswer | undefined): void {
  const seriesOf = (answer: SlotAnswer | undefined) =>
    new Map(
      (answer?.members ?? []).flatMap(({ member, series }) =>
        series.map((one) => [`${member.memberId} ${keyOf(one)}`, columnsOf(one)] as const),
      ),
    )
  const all = seriesOf(found)
  const before = seriesOf(wanted)
  expect([...all.keys()].sort()).toEqual([...before.keys()].sort())
  for (const [key, columns] of before)
    for (const [name, column] of Object.entries(columns))
      expectClose(`${key} ${name}`, all.get(key)?.[name] ?? [], [...column])
}

function expectSeries(key: string, found: SeriesSlots | undefined, wanted: ExpectedSeries): void {
  if (!found && wanted.isOptional) return
  if (found?.kind !== wanted.kind) throw new Error(`${key}: wanted a ${wanted.kind}, got ${found?.kind}`)
  const columns = columnsOf(found)
  expect(Object.keys(columns).sort()).toEqual(Object.keys(wanted.columns).sort())
  for (const [name, numbers] of Object.entries(wanted.columns)) {
    if (['count', 'last', 'total', 'min', 'max'].includes(name))
      expect([...(columns[name] ?? [])]).toEqual(numbers)
    else expectClose(`${key} ${name}`, columns[name] ?? [], numbers)
  }
}

/** What was appended in the window, then every tick back to the oldest predecessor that a delta of the window needs. */
export function expectTicks(
  ticks: MemberTicks,
  batches: readonly TickBatch[],
  { member, sources, from, to }: Pick<SlotQuery, 'sources' | 'from' | 'to'> & { readonly member: MemberRef },
): void {
  const all = batches.flatMap(({ at, members }) =>
    members.filter(({ memberId }) => memberId === member.memberId).map((tick) => ({ at, tick })),
  )
  const times = [...ticks.times]
  const stored = all.map(({ at }) => at)
  expect(times.slice(ticks.first)).toEqual(stored.filter((at) => at >= from && at < to))
  const seam = times.slice(0, ticks.first)
  const before = stored.filter((at) => at < from && at >= from - LOOK_BACK)
  expect(seam).toEqual(before.slice(before.length - seam.length))
  for (const needed of predecessors(all, sources, from)) expect(seam[0]).toBeLessThanOrEqual(needed)

  const byTime = new Map(all.map(({ at, tick }) => [at, tick]))
  const samples = new Map(
    ticks.series.map((one) => [keyOf(one), new Map(pairs(ticks, one).map(([at, ...v]) => [at, v]))]),
  )
  for (const [i, at] of times.entries()) {
    const tick = byTime.get(at)
    if (!tick) throw new Error(`no tick at ${at} was appended`)
    const wanted = samplesOf(tick).filter(({ source }) => sources.includes(source))
    for (const { key, values } of wanted) expect(samples.get(key)?.get(at)).toEqual(values)
    const held = [...samples.values()].filter((one) => one.has(at))
    expect(held).toHaveLength(wanted.length)
    const selfValue = (source: SourceId) =>
      tick.scalars.find((one) => one.source === source)?.value ?? Number.NaN
    expect(ticks.intervalSeconds[i]).toBe(selfValue('scrape_interval_seconds'))
    expect(ticks.clockError[i]).toBe(selfValue('scrape_clock_error_seconds'))
    const committed = selfValue('proposals_committed') || Number.NaN
    const index = selfValue('raft_index')
    expect(ticks.raftPosition[i]).toBe(Number.isNaN(index) ? committed : index)
  }
}

/** Newest sample before `from`, within the look-back, of everything that has deltas; siblings and label sets as one. */
function predecessors(
  all: readonly { readonly at: number; readonly tick: MemberTick }[],
  sources: readonly SourceId[],
  from: number,
): readonly number[] {
  const newest = new Map<string, number>()
  for (const { at, tick } of all) {
    if (at >= from || at < from - LOOK_BACK) continue
    for (const { source, labels } of [...tick.scalars, ...tick.histograms]) {
      if (!sources.includes(source) || sourceOf(source).kind === 'gauge') continue
      newest.set(sourceOf(source).absent === 'siblings' ? source : seriesKey(source, labels), at)
    }
  }
  return [...newest.values()]
}

const samplesOf = ({ scalars, histograms }: MemberTick) => [
  ...scalars.map(({ source, labels, value }) => ({
    source,
    key: seriesKey(source, labels),
    values: [value],
  })),
  ...histograms.map(({ source, labels, bounds, buckets, sum }) => ({
    source,
    key: seriesKey(source, labels, bounds),
    values: [...buckets, sum],
  })),
]
/** `[at, value]`, or `[at, …buckets, sum]`, of every sample of a series. */
export function pairs(ticks: MemberTicks | undefined, series: SeriesTicks): readonly (readonly number[])[] {
  const columns = series.kind === 'histogram' ? [...series.buckets, series.sum] : [series.values]
  return [...(ticks?.times ?? [])]
    .map((at, i) => [at, ...columns.map((column) => column[i] ?? Number.NaN)])
    .filter((row) => !row.slice(1).every(Number.isNaN))
}

export const keyOf = (one: SeriesSlots | SeriesTicks): string =>
  seriesKey(one.source, one.labels, one.kind === 'histogram' ? one.bounds : undefined)

export function columnsOf(one: SeriesSlots): Record<string, Float64Array> {
  if (one.kind === 'gauge') return pickGauge(one)
  if (one.kind === 'counter') return { covered: one.covered, increase: one.increase, last: one.last }
  const buckets = one.buckets.map((column, k) => [`bucket ${k}`, column])
  return { covered: one.covered, sum: one.sum, total: one.total, ...Object.fromEntries(buckets) }
}

const pickGauge = ({ count, sum, min, max, last }: SeriesSlots & { readonly kind: 'gauge' }) => ({
  count,
  sum,
  min,
  max,
  last,
})

export function expectClose(what: string, found: ArrayLike<number>, wanted: readonly number[]): void {
  const isClose = (a: number, b: number) =>
    Object.is(a, b) || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b))
  const numbers = Array.from(found)
  const wrong = wanted.findIndex((number, i) => !isClose(numbers[i] ?? Number.POSITIVE_INFINITY, number))
  if (wrong >= 0 || numbers.length !== wanted.length)
    throw new Error(
      `${what}: slot ${wrong} is ${numbers[wrong]}, wanted ${wanted[wrong]} (${numbers.length} slots)`,
    )
}
