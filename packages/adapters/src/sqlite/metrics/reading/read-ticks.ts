import type { Breath } from '@etcdmonitor/core/breath'
import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import {
  LOOK_BACK,
  type MemberRef,
  type MemberTicks,
  type SeriesTicks,
} from '@etcdmonitor/core/ports/metrics-store'
import { deltaGroup, placesOf, type StoredSeries } from '../metrics-series.ts'
import type { ReadBudget } from './read-budget.ts'
import { openColumns, type Stretch } from './stretch.ts'

/** Sources that the delta rules of metrics.md 3.3 need beside what is asked for. */
export const RULE_SOURCES: readonly SourceId[] = [
  'scrape_interval_seconds',
  'scrape_clock_error_seconds',
  'raft_index',
  'proposals_committed',
]

export interface TicksAsk {
  readonly member: MemberRef
  /** Ascending, with those of the look-back. */
  readonly stretches: readonly Stretch[]
  readonly from: number
  readonly to: number
  /** Of the member, by place: the sources of the rules are taken from here. */
  readonly series: readonly StoredSeries[]
  readonly wanted: readonly StoredSeries[]
  /** Not for a fold of gauges alone: the columns of the rules are empty then. */
  readonly withoutRules?: boolean
  readonly budget: ReadBudget
  readonly breathe: Breath
}

/** Samples of `[from, to)` and, for each series with deltas, its predecessor at most `LOOK_BACK` before (storage.md 2.1, rule 1). */
export async function readTicks(ask: TicksAsk): Promise<MemberTicks> {
  const { member, stretches, from, to, series, wanted, withoutRules = false, budget, breathe } = ask
  const seamFrom = await findSeam(ask)
  const parts = stretches
    .map(
      (stretch): Part => ({
        stretch,
        first: firstFrom(stretch.times, seamFrom),
        end: firstFrom(stretch.times, to),
      }),
    )
    .filter(({ first, end }) => first < end)
  const length = parts.reduce((sum, { first, end }) => sum + end - first, 0)
  const times = new Float64Array(length)
  let at = 0
  for (const { stretch, first, end } of parts) {
    times.set(stretch.times.subarray(first, end), at)
    at += end - first
  }
  const columnsOf = async (one: StoredSeries) => {
    await breathe()
    budget.take(placesOf(one) * length)
    return joinParts(one, parts, length)
  }
  const rule = async (source: SourceId) => {
    if (withoutRules) return NOTHING
    const one = series.find((known) => known.source === source)
    const [column] = one ? await columnsOf(one) : []
    return column ?? new Float64Array(length).fill(Number.NaN)
  }
  const committed = await rule('proposals_committed')
  const raftPosition = (await rule('raft_index')).slice()
  for (let i = 0; i < raftPosition.length; i++) {
    const fallback = committed[i] ?? Number.NaN
    if (Number.isNaN(raftPosition[i]) && fallback > 0) raftPosition[i] = fallback
  }
  const found: SeriesTicks[] = []
  for (const one of wanted) found.push(toSeriesTicks(one, await columnsOf(one)))
  return {
    member,
    times,
    first: firstFrom(times, from),
    intervalSeconds: await rule('scrape_interval_seconds'),
    clockError: await rule('scrape_clock_error_seconds'),
    raftPosition,
    series: found,
  }
}

const NOTHING = new Float64Array(0)

/** Ticks `[first, end)` of a stretch. */
interface Part {
  readonly stretch: Stretch
  readonly first: number
  readonly end: number
}

/** The first place in ascending `times` that is not before `at`. */
function firstFrom(times: Float64Array, at: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}

function joinParts(one: StoredSeries, parts: readonly Part[], length: number): readonly Float64Array[] {
  const joined = openColumns(placesOf(one), length)
  let at = 0
  for (const { stretch, first, end } of parts) {
    const columns = stretch.columns(one, first, end)
    for (const [k, column] of joined.entries()) {
      if (columns) column.set(columns[k] ?? [], at)
      else column.fill(Number.NaN, at, at + end - first)
    }
    at += end - first
  }
  return joined
}

/** The oldest predecessor that a delta of the window needs; `from` when none does. Gauges have no deltas. */
async function findSeam({ stretches, from, wanted, breathe }: TicksAsk): Promise<number> {
  let seam = from
  const groups = Map.groupBy(
    wanted.filter(({ kind }) => kind !== 'gauge'),
    deltaGroup,
  )
  for (const group of groups.values()) {
    await breathe()
    seam = Math.min(seam, newestSample(stretches, group, from - LOOK_BACK, from) ?? from)
  }
  return seam
}

/** Instant of the newest sample of any of `series` in `[from, to)`, looked for from the newest stretch back. */
export function newestSample(
  stretches: readonly Stretch[],
  series: readonly StoredSeries[],
  from: number,
  to: number,
): number | undefined {
  for (const { times, columns } of stretches.toReversed()) {
    const first = firstFrom(times, from)
    let newest = -1
    for (const one of series) {
      const end = firstFrom(times, to)
      newest = Math.max(newest, lastSample(columns, one, Math.max(first, newest), end))
      if (newest === end - 1) break
    }
    if (newest >= first) return times[newest]
  }
  return undefined
}

/** Most have one at the last tick: ever longer pieces are looked through. */
const FIRST_PIECE = 4

function lastSample(columns: Stretch['columns'], one: StoredSeries, first: number, end: number): number {
  for (let to = end, size = FIRST_PIECE; to > first; to -= size, size *= 4) {
    const from = Math.max(first, to - size)
    const column = columns(one, from, to)?.[0]
    if (!column) return -1
    for (let i = to - 1; i >= from; i--) if (!Number.isNaN(column[i - from])) return i
  }
  return -1
}

function toSeriesTicks(one: StoredSeries, columns: readonly Float64Array[]): SeriesTicks {
  const { kind, source, labels, bounds } = one
  const last = columns.at(-1) ?? new Float64Array(0)
  if (kind !== 'histogram') return { kind, source, labels, values: last }
  return { kind, source, labels, bounds, buckets: columns.slice(0, -1), sum: last }
}
