import type { Labels, MemberTick } from '@etcdmonitor/core/metrics/sample'
import { type SourceId, sourceOf } from '@etcdmonitor/core/metrics/sources'
import { groupOf, groupsOf, LABEL_TAGS, type SourceGroup } from './influx-schema.ts'

/** A longer silence than this, s, or 3 intervals, has no counted delta (metrics.md 3.3). */
const LONGEST_DELTA = 3_600

/** One counter or histogram at the last tick of its group. */
interface Known {
  readonly source: SourceId
  readonly values: readonly number[]
  /** Of a histogram. */
  readonly bounds: readonly number[]
}

interface LastTick {
  readonly at: number
  readonly series: ReadonlyMap<string, Known>
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
  if (last.isClockOff || next.raftPosition < last.raftPosition || next.series.size !== last.series.size)
    return false
  for (const [key, { source, values, bounds }] of next.series) {
    const before = last.series.get(key)
    if (!before || before.bounds.length !== bounds.length) return false
    if (bounds.some((bound, i) => bound !== before.bounds[i])) return false
    if (values.some((value, i) => value < (before.values[i] ?? Infinity))) return false
    const [now = 0] = values
    const [then = 0] = before.values
    if (sourceOf(source).restart === 'continues' && (now === 0 || then === 0)) return false
  }
  return true
}

function seriesOf({ scalars, histograms }: MemberTick, group: SourceGroup): ReadonlyMap<string, Known> {
  const series = new Map<string, Known>()
  for (const { source, labels, value } of scalars)
    if (groupOf(source) === group)
      series.set(seriesName(source, labels), { source, values: [value], bounds: [] })
  if (group === 'page')
    for (const { source, labels, bounds, buckets, sum } of histograms)
      series.set(seriesName(source, labels), { source, values: [...buckets, sum], bounds })
  return series
}

const seriesName = (source: SourceId, labels: Labels): string =>
  Object.keys(labels).length === 0
    ? source
    : `${source} ${LABEL_TAGS.map((name) => labels[name] ?? '').join('\0')}`

/** As the delta rules take it (metrics.md 3.3). */
function raftPosition(tick: MemberTick): number {
  const index = sampleOf(tick, 'raft_index', Number.NaN)
  return Number.isNaN(index) ? sampleOf(tick, 'proposals_committed') || Number.NaN : index
}

const sampleOf = ({ scalars }: MemberTick, source: SourceId, absent = 0): number =>
  scalars.find((one) => one.source === source)?.value ?? absent
