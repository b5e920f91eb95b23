import { mergeTicks } from '@etcdmonitor/core/metrics/slots/merge-ticks'
import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import type { MemberRef, MemberTicks } from '@etcdmonitor/core/ports/metrics-store'
import {
  collectRows,
  deltaGroup,
  hasDeltas,
  meaningOf,
  type RowSeries,
  sampleFields,
  sliceRows,
} from './answer-rows.ts'
import { newestOfGroups, TICK_FIELDS, toMemberTicks } from './member-ticks.ts'
import { readTickWindows, type TickWindow } from './read-ticks.ts'
import type { Reading } from './sample-slots.ts'

export interface TailAsk {
  readonly sources: readonly SourceId[]
  readonly span: number
  readonly now: number
  /** From when on the store may hold something, Unix ms. */
  readonly oldest: number
}

/** How old the newest sample may be where one request suffices, ms. */
const RECENT = 300_000
/** A clock of another machine may be ahead. */
const AHEAD = 86_400_000
/** Windows that one request asks for. */
const MAX_WINDOWS = 16

/**
 * The last `span` of each series up to its own newest sample. Sources that have none of late, or whose predecessor is not among them, are
 * looked for where they ended; of a source that still gives samples, series that ended earlier are left out.
 */
export async function readTail(reading: Reading, ask: TailAsk): Promise<readonly MemberTicks[]> {
  const { members } = reading
  const recent = await readRecent(reading, ask)
  const missing = members.flatMap((member) =>
    ask.sources.filter((source) => !recent.isWhole(member, source)).map((source) => ({ member, source })),
  )
  const ended = missing.length === 0 ? [] : await readEnded(reading, missing, ask)
  return members.map((member) => {
    const isLate = (source: SourceId) => missing.some((one) => one.member === member && one.source === source)
    const parts = [
      ...recent.parts(
        member,
        ask.sources.filter((source) => !isLate(source)),
      ),
      ...ended.filter((part) => part.member === member),
    ]
    return mergeTicks(
      member,
      parts.filter(({ series }) => series.length > 0).sort((a, b) => endOf(a) - endOf(b)),
    )
  })
}

const endOf = ({ times }: MemberTicks): number => times.at(-1) ?? 0

async function readRecent({ call, pipelines, clusterId, members }: Reading, { sources, span, now }: TailAsk) {
  const rows = collectRows()
  const since = now - span - RECENT
  const ask = { clusterId, memberIds: members.map(({ memberId }) => memberId), from: since, to: now + AHEAD }
  await call.ask(
    [
      pipelines.samples('samples', { ...ask, fields: sources.flatMap(sampleFields) }),
      pipelines.samples('clock', { ...ask, fields: TICK_FIELDS }),
    ],
    rows.open,
  )
  const ofSource = ({ memberId }: MemberRef, wanted: (source: SourceId) => boolean) =>
    rows.of('samples', memberId).filter(({ field }) => {
      const source = meaningOf(field)?.source
      return source !== undefined && wanted(source)
    })
  return {
    isWhole(member: MemberRef, source: SourceId): boolean {
      const groups = groupsByEnd(ofSource(member, (one) => one === source))
      return (
        groups.length > 0 &&
        groups.every(([end, series]) => {
          const from = end - span + 1
          return from > since && (!hasDeltas(source) || series.some(({ times }) => (times[0] ?? end) < from))
        })
      )
    },
    parts(member: MemberRef, wanted: readonly SourceId[]): readonly MemberTicks[] {
      return groupsByEnd(ofSource(member, (source) => wanted.includes(source))).map(([end, series]) => {
        const from = end - span + 1
        const deltas = series.filter(({ field }) => hasDeltas(meaningOf(field)?.source ?? 'collector_up'))
        const seam = newestOfGroups(sliceRows(deltas, 0, from))
        const oldest = Math.min(from, ...seam.map(({ times }) => times.at(-1) ?? from))
        const clock = rows.of('clock', member.memberId)
        return toMemberTicks(member, {
          from,
          samples: sliceRows(series, oldest, end + 1),
          clock: sliceRows(clock, oldest, end + 1),
        })
      })
    },
  }
}

/** Series that the delta rules read together end together, at the newest sample of any of them. Ascending. */
function groupsByEnd(
  rows: readonly RowSeries[],
): readonly (readonly [end: number, series: readonly RowSeries[]])[] {
  const groups = [...Map.groupBy(rows, deltaGroup).values()]
  const endOfGroup = (group: readonly RowSeries[]) => Math.max(...group.map(({ times }) => times.at(-1) ?? 0))
  const ends = Map.groupBy(groups, endOfGroup)
  return [...ends].map(([end, some]) => [end, some.flat()] as const).sort(([a], [b]) => a - b)
}

interface Missing {
  readonly member: MemberRef
  readonly source: SourceId
}

async function readEnded(
  reading: Reading,
  missing: readonly Missing[],
  { span, now, oldest }: TailAsk,
): Promise<readonly MemberTicks[]> {
  const { call, pipelines, clusterId } = reading
  const rows = collectRows()
  const members = [...new Set(missing.map(({ member }) => member))]
  const sources = [...new Set(missing.map(({ source }) => source))]
  const ask = {
    clusterId,
    memberIds: members.map(({ memberId }) => memberId),
    from: oldest,
    to: now + AHEAD,
  }
  await call.ask([pipelines.newest('newest', { ...ask, fields: sources.flatMap(sampleFields) })], rows.open)

  const isMissing = (member: MemberRef, { field }: RowSeries) =>
    missing.some((one) => one.member === member && one.source === meaningOf(field)?.source)
  const groups = new Map(
    members.map((member) => [
      member,
      groupsByEnd(rows.of('newest', member.memberId).filter((series) => isMissing(member, series))),
    ]),
  )
  const windows: readonly TickWindow[] = [...new Set([...groups.values()].flat().map(([end]) => end))].map(
    (end) => {
      const ending = members.filter((member) => groups.get(member)?.some(([other]) => other === end))
      const series = ending.flatMap(
        (member) => groups.get(member)?.find(([other]) => other === end)?.[1] ?? [],
      )
      const wanted = new Set(series.flatMap(({ field }) => meaningOf(field)?.source ?? []))
      return { members: ending, sources: [...wanted], from: end - span + 1, to: end + 1 }
    },
  )
  const parts: MemberTicks[] = []
  for (let i = 0; i < windows.length; i += MAX_WINDOWS)
    for (const window of await readTickWindows(reading, windows.slice(i, i + MAX_WINDOWS)))
      for (const member of window.members) {
        await call.breathe()
        const own = groups.get(member)?.find(([end]) => end === window.to - 1)?.[1] ?? []
        const keys = new Set(own.map(deltaGroup))
        parts.push(window.read(member, (series) => keys.has(deltaGroup(series))))
      }
  return parts
}
