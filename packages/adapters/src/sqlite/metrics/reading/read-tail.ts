import { LOOK_BACK, type MemberTicks, type SeriesTicks } from '@etcdmonitor/core/ports/metrics-store'
import type { OpenMetricsFile } from '../metrics-connection.ts'
import { deltaGroup, type StoredSeries } from '../metrics-series.ts'
import { type FoundMember, findMember, type MemberReading, readFound } from './read-found.ts'
import { newestSample, readTicks } from './read-ticks.ts'

/**
 * The last `span` of each series before and at its own newest sample, with its seam. Series that ended long ago are read where they ended;
 * between such places the answer has no ticks, and each series is shown only where it was read. Undefined: nothing is known of the member.
 */
export async function readTail(reading: MemberReading, span: number): Promise<MemberTicks | undefined> {
  const { file, ref, sources, breathe } = reading
  const ends = file.transact(() => {
    const found = findMember(file, ref, sources)
    return found && byEnd(file, found)
  })
  if (!ends) return undefined
  const parts: MemberTicks[] = []
  for (const [end, ids] of ends) {
    await breathe()
    const window = { from: end - span + 1, to: end + 1 }
    const found = readFound(reading, window)
    if (!found) continue
    const { member, stretches } = found.read
    const wanted = found.wanted.filter(({ id }) => ids.has(id))
    parts.push(await readTicks({ ...reading, ...found, ...window, wanted, member, stretches: stretches() }))
  }
  return mergeTicks(reading, parts)
}

/** Ids of series by where they end, ascending. Those that the delta rules read together end together: at the newest sample of any of them. */
function byEnd({ tables }: OpenMetricsFile, { row, wanted }: FoundMember) {
  const head = tables.read(row, [], { from: row.sealedTo + LOOK_BACK, to: END }).stretches()
  const ends = new Map<number, Set<number>>()
  for (const group of Map.groupBy(wanted, deltaGroup).values()) {
    const end = newestSample(head, group, 0, END) ?? endOnLastDay(group)
    if (end === undefined) continue
    ends.set(end, new Set([...(ends.get(end) ?? []), ...group.map(({ id }) => id)]))
  }
  return [...ends].sort(([a], [b]) => a - b)

  function endOnLastDay(group: readonly StoredSeries[]): number | undefined {
    const day = Math.max(...group.map(({ lastDay }) => lastDay))
    const stretch = tables.windowOnDay(row, group, day)
    return stretch && newestSample([stretch], group, 0, END)
  }
}

const END = Number.MAX_SAFE_INTEGER

function mergeTicks({ ref: member }: Pick<MemberReading, 'ref'>, parts: readonly MemberTicks[]): MemberTicks {
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
