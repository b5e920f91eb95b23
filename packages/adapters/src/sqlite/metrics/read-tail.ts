import type { MemberTicks, SeriesTicks } from '@etcdmonitor/core/ports/metrics-store'
import { deltaGroup, type StoredSeries } from './metrics-series.ts'
import type { NewestOfMember } from './newest-ticks.ts'
import { readWindow, type WindowRead } from './read-window.ts'

/**
 * The last `span` of each series before and at its own newest sample, with its seam. Series that ended long ago are read where they ended;
 * between such places the answer has no ticks, and each series is shown only where it was read.
 */
export async function readTail(
  read: Omit<WindowRead, 'from' | 'to'>,
  { bySeries }: NewestOfMember,
  span: number,
): Promise<MemberTicks> {
  const parts: MemberTicks[] = []
  for (const [end, wanted] of byEnd(read.wanted, bySeries))
    parts.push(await readWindow({ ...read, wanted, from: end - span + 1, to: end + 1 }))
  return mergeTicks(read, parts)
}

/** Ascending. Series that the delta rules read together end together: at the newest sample of any of them. */
function byEnd(
  wanted: readonly StoredSeries[],
  bySeries: ReadonlyMap<number, number>,
): readonly (readonly [end: number, series: StoredSeries[]])[] {
  const groups = Map.groupBy(
    wanted.filter(({ id }) => bySeries.has(id)),
    deltaGroup,
  )
  const ends = new Map<number, StoredSeries[]>()
  for (const group of groups.values()) {
    const end = Math.max(...group.map(({ id }) => bySeries.get(id) ?? 0))
    ends.set(end, [...(ends.get(end) ?? []), ...group])
  }
  return [...ends].sort(([a], [b]) => a - b)
}

function mergeTicks({ member }: Pick<WindowRead, 'member'>, parts: readonly MemberTicks[]): MemberTicks {
  const { clusterId, memberId } = member
  const [single] = parts
  if (parts.length === 1 && single) return single
  const times = Float64Array.from(new Set(parts.flatMap((part) => [...part.times]))).sort()
  const place = new Map([...times].map((at, i) => [at, i]))
  const spread = (
    part: MemberTicks,
    column: Float64Array,
    into = new Float64Array(times.length).fill(Number.NaN),
  ) => {
    column.forEach((value, i) => {
      if (!Number.isNaN(value)) into[place.get(part.times[i] ?? 0) ?? 0] = value
    })
    return into
  }
  const rule = (name: 'intervalSeconds' | 'clockError' | 'raftPosition') => {
    const into = new Float64Array(times.length).fill(Number.NaN)
    for (const part of parts) spread(part, part[name], into)
    return into
  }
  return {
    member: { clusterId, memberId },
    times,
    first: parts[0]?.first ?? 0,
    intervalSeconds: rule('intervalSeconds'),
    clockError: rule('clockError'),
    raftPosition: rule('raftPosition'),
    series: parts.flatMap((part) =>
      part.series.map(
        (one): SeriesTicks =>
          one.kind === 'histogram'
            ? {
                ...one,
                buckets: one.buckets.map((column) => spread(part, column)),
                sum: spread(part, one.sum),
              }
            : { ...one, values: spread(part, one.values) },
      ),
    ),
  }
}
