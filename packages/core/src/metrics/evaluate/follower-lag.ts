import type { SeriesSlots } from '../../ports/metrics-store.ts'
import type { SourceId } from '../sources.ts'

/** Raft index of the most advanced member by time of the part (Unix ms), where at least two members have one. */
export type Leading = ReadonlyMap<number, number>

/** What is read of every member of the cluster for it. */
export const LAG_SOURCES: readonly SourceId[] = ['raft_index', 'status_up']

interface Parts {
  readonly times: Float64Array
  readonly series: readonly SeriesSlots[]
}

/** `members`: the parts of every member of one cluster, of `LAG_SOURCES` at least. */
export function leadingPositions(members: readonly Parts[]): Leading {
  const seen = new Map<number, { readonly count: number; readonly max: number }>()
  for (const parts of members) {
    const positions = positionsOf(parts)
    parts.times.forEach((time, i) => {
      const position = positions[i] ?? Number.NaN
      if (Number.isNaN(position)) return
      const { count, max } = seen.get(time) ?? { count: 0, max: position }
      seen.set(time, { count: count + 1, max: Math.max(max, position) })
    })
  }
  return new Map([...seen].flatMap(([time, { count, max }]) => (count < 2 ? [] : [[time, max]])))
}

/** Entries that a member is behind at each part; NaN where it has no position, or no other member has one (metrics.md 3.6). */
export function followerLag(parts: Parts & { readonly leading?: Leading }): Float64Array {
  const positions = positionsOf(parts)
  return parts.times.map((time, i) => (parts.leading?.get(time) ?? Number.NaN) - (positions[i] ?? Number.NaN))
}

/** Only members that answer take part: a position from before the silence is no lag (metrics.md 3.10). */
function positionsOf({ times, series }: Parts): Float64Array {
  const index = series.find(({ source }) => source === 'raft_index')
  const status = series.find(({ source }) => source === 'status_up')
  return times.map((_, i) => {
    const answers = status?.kind === 'gauge' && status.last[i] === 1
    return (answers && index?.kind === 'counter' ? index.last[i] : undefined) ?? Number.NaN
  })
}
