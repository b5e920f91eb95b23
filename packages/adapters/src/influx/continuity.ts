import type { HistogramSample, MemberTick, ScalarSample } from '@etcdmonitor/core/metrics/sample'
import { type SourceId, sourceOf } from '@etcdmonitor/core/metrics/sources'
import { groupOf, groupsOf, hasLabels, LABEL_TAGS, type SourceGroup } from './influx-schema.ts'

/** A longer silence than this, s, or 3 intervals, has no counted delta (metrics.md 3.3). */
const LONGEST_DELTA = 3_600

/** One counter or histogram at the last tick of its group: the sample itself, of which a tick of a large cluster has tens of thousands. */
type Known = ScalarSample | HistogramSample

interface LastTick {
  readonly at: number
  readonly series: readonly Known[]
  /** NaN: not told. */
  readonly raftPosition: number
  /** At a tick since then. */
  isClockOff: boolean
}

export interface Judgement {
  readonly isMarked: boolean
  /** The tick is stored: the next one follows it. */
  accept(): void
}

/** What the last tick of each member and group was, for as long as this process has seen them (storage.md 6.2, mark). */
export interface Continuity {
  /** Whether one may not simply subtract over what lies before the tick; in doubt one may not. */
  judge(member: string, at: number, tick: MemberTick): Judgement
  /** The next tick of the group, or of all groups of all members, follows nothing. */
  forget(member: string, group: SourceGroup): void
  forgetAll(): void
  /** Rises with everything that is forgotten: what was judged before is out of date. */
  epoch(): number
}

export function createContinuity(): Continuity {
  const known = new Map<string, Map<SourceGroup, LastTick>>()
  let epoch = 0

  return {
    judge(member, at, tick) {
      const before = known.get(member)
      const groups = groupsOf(tick)
      const isClockOff = sampleOf(tick, 'scrape_clock_error_seconds') !== 0
      const now = new Map(
        [...groups].map((group): [SourceGroup, LastTick] => [
          group,
          { at, series: seriesOf(tick, group), raftPosition: raftPosition(tick), isClockOff: false },
        ]),
      )
      const longest = Math.max(LONGEST_DELTA, 3 * sampleOf(tick, 'scrape_interval_seconds')) * 1_000
      const isPlain = (group: SourceGroup, next: LastTick) => {
        const last = before?.get(group)
        return last !== undefined && !isClockOff && at - last.at <= longest && follows(next, last)
      }
      return {
        isMarked: [...now].some(([group, next]) => !isPlain(group, next)),
        accept() {
          for (const [group, last] of before ?? []) if (!now.has(group)) last.isClockOff ||= isClockOff
          known.set(member, new Map([...(before ?? []), ...now]))
        },
      }
    },
    forget(member, group) {
      known.get(member)?.delete(group)
      epoch++
    },
    forgetAll() {
      known.clear()
      epoch++
    },
    epoch: () => epoch,
  }
}

function follows(next: LastTick, last: LastTick): boolean {
  if (last.isClockOff || next.raftPosition < last.raftPosition || next.series.length !== last.series.length)
    return false
  let names: ReadonlyMap<string, Known> | undefined
  return next.series.every((sample, i) => {
    const there = last.series[i] // nearly always: the pages of a member have one order
    if (there && isSameSeries(sample, there)) return hasGrown(sample, there)
    names ??= byName(last.series)
    const before = names.get(seriesName(sample))
    return before !== undefined && hasGrown(sample, before)
  })
}

function hasGrown(now: Known, before: Known): boolean {
  const [first, last] = [firstOf(now), firstOf(before)]
  if (sourceOf(now.source).restart === 'continues' && (first === 0 || last === 0)) return false
  if (!('buckets' in now && 'buckets' in before)) return first >= last
  if (now.bounds.length !== before.bounds.length) return false
  return (
    now.sum >= before.sum &&
    now.bounds.every((bound, i) => bound === before.bounds[i]) &&
    now.buckets.every((count, i) => count >= (before.buckets[i] ?? Infinity))
  )
}

const firstOf = (sample: Known): number => ('buckets' in sample ? (sample.buckets[0] ?? 0) : sample.value)

const seriesOf = ({ scalars, histograms }: MemberTick, group: SourceGroup): readonly Known[] => [
  ...scalars.filter(({ source }) => groupOf(source) === group),
  ...(group === 'page' ? histograms : []),
]

function isSameSeries(one: Known, other: Known): boolean {
  if (one.source !== other.source) return false
  return LABEL_TAGS.every((label) => one.labels[label] === other.labels[label])
}

const byName = (series: readonly Known[]): ReadonlyMap<string, Known> =>
  new Map(series.map((one) => [seriesName(one), one]))

function seriesName({ source, labels }: Known): string {
  if (!hasLabels(labels)) return source
  let name = `${source} `
  for (const label of LABEL_TAGS) name += `${labels[label] ?? ''}\0`
  return name
}

/** As the delta rules take it (metrics.md 3.3). */
function raftPosition(tick: MemberTick): number {
  const index = sampleOf(tick, 'raft_index', Number.NaN)
  return Number.isNaN(index) ? sampleOf(tick, 'proposals_committed') || Number.NaN : index
}

const sampleOf = ({ scalars }: MemberTick, source: SourceId, absent = 0): number =>
  scalars.find((one) => one.source === source)?.value ?? absent
