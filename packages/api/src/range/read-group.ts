import type { Metric } from '@etcdmonitor/core/metrics/catalogue'
import { looksBack, type PartSlots, readSources } from '@etcdmonitor/core/metrics/evaluate/evaluate-parts'
import type { SlotsAndParts } from '@etcdmonitor/core/metrics/evaluate/evaluate-slots'
import { foldTicks, placeInSlots } from '@etcdmonitor/core/metrics/slots/fold-ticks'
import { tickParts } from '@etcdmonitor/core/metrics/slots/tick-parts'
import { type Widening, widenSlots } from '@etcdmonitor/core/metrics/slots/widen-slots'
import {
  LOOK_BACK,
  type MemberRef,
  type MemberTicks,
  type MetricsReader,
  type SeriesSlots,
  type SlotAnswer,
} from '@etcdmonitor/core/ports/metrics-store'
import { gaugeColumns } from './gauge-columns.ts'
import type { Read } from './plan-reads.ts'
import type { RangeRequest } from './range-request.ts'

/** What the store gave of one member. */
export interface MemberData {
  readonly member: MemberRef
  /** Folds what it has to when asked: one metric is a short piece of work, all of them are not. */
  of(metric: Metric): Promise<SlotsAndParts>
}

/** What reading and evaluating need besides the request. `breathe` is called between pieces of work. */
export interface RangeWork {
  readonly metrics: Pick<MetricsReader, 'slots' | 'ticks'>
  readonly breathe: () => Promise<void>
  readonly signal: AbortSignal
}

export const NO_PARTS: PartSlots = { times: new Float64Array(0), length: 0, until: 0, series: [] }

/** What one group of members and sources has in the window (metrics.md 3.10), in the order of the members. */
export async function readGroup(
  { metrics, breathe, signal }: RangeWork,
  read: Read,
  request: RangeRequest,
): Promise<MemberData[]> {
  const { members, sources, withParts } = read
  const { window, parts } = request
  const { from, to } = window
  if (withParts && parts.kind === 'ticks') {
    // samples are read once; slots and parts are two folds of them
    const answer = await metrics.ticks({ members, sources, from, to }, { signal })
    return answer.map((ticks) => ({ member: ticks.member, of: foldOnce(ticks, request, breathe) }))
  }
  // the slots of the window are made of its parts, so that nothing is read twice
  const step = withParts ? parts.length : window.step
  const skipped = withParts && read.metrics.some(looksBack) ? Math.ceil(LOOK_BACK / step) : 0
  const gauge = gaugeColumns(read.metrics, request)
  const answer = await metrics.slots(
    { members, sources, from: from - skipped * step, to, step, gauge },
    { signal },
  )
  return answer.members.map(({ member, series }, index) => ({
    member,
    of: widenOnce(series, { skipped, each: window.step / step }, breathe, {
      ...(withParts ? coarseParts(answer, index, request) : NO_PARTS),
      first: skipped,
    }),
  }))
}

function widenOnce(
  series: readonly SeriesSlots[],
  widening: Widening,
  breathe: RangeWork['breathe'],
  parts: PartSlots,
): MemberData['of'] {
  let widened: Promise<SeriesSlots[]> | undefined
  const widen = async () => {
    const wide: SeriesSlots[] = []
    for (const one of series) {
      await breathe()
      wide.push(widenSlots(one, widening))
    }
    return wide
  }
  return async () => {
    widened ??= widen()
    return { series: await widened, parts }
  }
}

/** Keeps the last fold: the quantiles of one histogram are asked for one after the other. */
function foldOnce(
  ticks: MemberTicks,
  { window: { from, step, slots } }: RangeRequest,
  breathe: RangeWork['breathe'],
): MemberData['of'] {
  const placement = placeInSlots(ticks, from, step, slots)
  let last: { readonly key: string; readonly data: SlotsAndParts } | undefined
  return async (metric) => {
    const sources = readSources(metric)
    const key = sources.join()
    if (last?.key === key) return last.data
    const own = { ...ticks, series: ticks.series.filter(({ source }) => sources.includes(source)) }
    const series = foldTicks(own, placement)
    await breathe()
    const data = { series, parts: tickParts(own, looksBack(metric)) }
    last = { key, data }
    await breathe()
    return data
  }
}

/** The slots of one member of the answer as parts. */
export function coarseParts(
  { from, step, slots, members }: SlotAnswer,
  index: number,
  { members: asked, newestAt }: Pick<RangeRequest, 'members' | 'newestAt'>,
): PartSlots {
  const { member, series = [] } = members[index] ?? {}
  const place = asked.findIndex(
    ({ clusterId, memberId }) => clusterId === member?.clusterId && memberId === member.memberId,
  )
  return {
    times: Float64Array.from({ length: slots }, (_, i) => from + i * step),
    length: step,
    until: newestAt[place] ?? 0,
    series,
  }
}
