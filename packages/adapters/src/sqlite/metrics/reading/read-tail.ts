import { mergeTicks } from '@etcdmonitor/core/metrics/slots/merge-ticks'
import type { MemberTicks } from '@etcdmonitor/core/ports/metrics-store'
import type { HeadRow } from '../head-rows.ts'
import { DAY, windowOf } from '../metrics-keys.ts'
import { deltaGroup, type StoredSeries } from '../metrics-series.ts'
import { readWindow } from './member-read.ts'
import { type FoundMember, findMember, type MemberReading, readFound } from './read-found.ts'
import { newestSample, readTicks } from './read-ticks.ts'

/**
 * The last `span` of each series before and at its own newest sample, with its seam. Series that ended long ago are read where they ended;
 * between such places the answer has no ticks, and each series is shown only where it was read. Undefined: nothing is known of the member.
 */
export async function readTail(reading: MemberReading, span: number): Promise<MemberTicks | undefined> {
  const { file, ref, sources, breathe } = reading
  const found = file.transact(() => {
    const member = findMember(file, ref, sources)
    return member && { ...member, head: file.head.rows(member.row.id, member.row.sealedTo, END) }
  })
  if (!found) return undefined
  const parts: MemberTicks[] = []
  for (const [end, ids] of await byEnd(reading, found)) {
    await breathe()
    const window = { from: end - span + 1, to: end + 1 }
    const there = await readFound(reading, window)
    if (!there) continue
    const { member, stretches } = there.read
    const wanted = there.wanted.filter(({ id }) => ids.has(id))
    parts.push(await readTicks({ ...reading, ...there, ...window, wanted, member, stretches }))
  }
  return mergeTicks(ref, parts)
}

/** Ids of series by where they end, ascending. Those that the delta rules read together end together: at the newest sample of any of them. */
async function byEnd(
  { file, breathe }: MemberReading,
  { row, wanted, head }: FoundMember & { readonly head: readonly HeadRow[] },
): Promise<readonly (readonly [number, ReadonlySet<number>])[]> {
  const inHead = [file.tables.head(head)]
  const ends = new Map<number, Set<number>>()
  for (const group of Map.groupBy(wanted, deltaGroup).values()) {
    await breathe()
    const end = newestSample(inHead, group, 0, END) ?? (await endOnLastDay(group))
    if (end === undefined) continue
    ends.set(end, new Set([...(ends.get(end) ?? []), ...group.map(({ id }) => id)]))
  }
  return [...ends].sort(([a], [b]) => a - b)

  async function endOnLastDay(group: readonly StoredSeries[]): Promise<number | undefined> {
    const day = Math.max(...group.map(({ lastDay }) => lastDay))
    for (let window = windowOf((day + 1) * DAY) - 1; window >= windowOf(day * DAY); window--) {
      await breathe()
      const stretch = readWindow(file.tables.windows, { member: row, series: group, window }, file.transact)
      const end = stretch && newestSample([stretch], group, 0, END)
      if (end !== undefined) return end
    }
    return undefined
  }
}

const END = Number.MAX_SAFE_INTEGER
