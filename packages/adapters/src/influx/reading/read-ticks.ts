import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import { LOOK_BACK, type MemberRef, type MemberTicks } from '@etcdmonitor/core/ports/metrics-store'
import { collectRows, hasDeltas, type RowSeries, sampleFields, sliceRows } from './answer-rows.ts'
import { newestOfGroups, TICK_FIELDS, toMemberTicks } from './member-ticks.ts'
import type { Reading } from './sample-slots.ts'

/** Ticks of `[from, to)` of some of the members. */
export interface TickWindow {
  readonly members: readonly MemberRef[]
  readonly sources: readonly SourceId[]
  readonly from: number
  readonly to: number
}

/** `read`: all ticks from the oldest seam of the series that `isWanted` names, with their samples. */
export interface TickWindowRows extends TickWindow {
  read(member: MemberRef, isWanted?: (series: RowSeries) => boolean): MemberTicks
}

/** Where the seams are must be known before the samples are asked for: two requests for all windows together. */
export async function readTickWindows(
  reading: Reading,
  windows: readonly TickWindow[],
): Promise<readonly TickWindowRows[]> {
  const { call, pipelines, clusterId } = reading
  const asked = windows.map((window) => ({
    ...window,
    clusterId,
    memberIds: window.members.map(({ memberId }) => memberId),
  }))
  const seams = collectRows()
  const seamTexts = asked.map(({ sources, from, ...ask }, i) => {
    const fields = sources.filter(hasDeltas).flatMap(sampleFields)
    return pipelines.newest(`seam${i}`, { ...ask, fields, from: from - LOOK_BACK, to: from })
  })
  await call.ask(seamTexts, seams.open)
  const seamOf = (i: number, { memberId }: MemberRef) => seams.of(`seam${i}`, memberId)

  const rows = collectRows()
  const texts = asked.flatMap(({ sources, members, ...ask }, i) => {
    const from = Math.min(...members.map((member) => oldestSeam(seamOf(i, member), ask.from)))
    return [
      pipelines.samples(`samples${i}`, { ...ask, fields: sources.flatMap(sampleFields), from }),
      pipelines.samples(`clock${i}`, { ...ask, fields: TICK_FIELDS, from }),
    ]
  })
  await call.ask(texts, rows.open)
  return windows.map((window, i) => ({
    ...window,
    read(member, isWanted = () => true) {
      const { from } = window
      const since = oldestSeam(seamOf(i, member).filter(isWanted), from)
      const samples = sliceRows(rows.of(`samples${i}`, member.memberId).filter(isWanted), since)
      return toMemberTicks(member, { from, samples, clock: rows.of(`clock${i}`, member.memberId) })
    },
  }))
}

const oldestSeam = (seam: readonly RowSeries[], from: number): number =>
  Math.min(from, ...newestOfGroups(seam).map(({ times }) => times.at(-1) ?? from))
