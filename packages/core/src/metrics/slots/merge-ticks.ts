import type { MemberRef, MemberTicks, SeriesTicks } from '../../ports/metrics-store.ts'

/** Parts of a member's history as one: each series has samples only where its part was read. */
export function mergeTicks(member: MemberRef, parts: readonly MemberTicks[]): MemberTicks {
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
    member,
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
