import { foldTicks, placeInSlots } from '@etcdmonitor/core/metrics/fold-ticks'
import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import { tickParts } from '@etcdmonitor/core/metrics/tick-parts'
import type { PartSlots } from '@etcdmonitor/core/metrics/window-stats'
import type {
  MemberTicks,
  MetricsReader,
  SeriesSlots,
  SlotAnswer,
} from '@etcdmonitor/core/ports/metrics-store'
import type { Read } from './plan-reads.ts'
import type { RangeRequest } from './range-request.ts'

/** Slots of some sources, and the parts of the window that stats are made of; these are empty unless stats are asked for. */
export interface SourceData {
  readonly series: readonly SeriesSlots[]
  readonly parts: PartSlots
}

/** What the store gave of one member. */
export interface MemberData {
  readonly memberId: string
  /** Folds what it has to when asked: one source is a short piece of work, all of them are not. */
  of(sources: readonly SourceId[]): SourceData
}

type Store = Pick<MetricsReader, 'slots' | 'ticks'>
export const NO_PARTS: PartSlots = { times: new Float64Array(0), series: [] }

/** What one group of members and sources has in the window (metrics.md 3.10), in the order of the members. */
export async function readGroup(
  metrics: Store,
  read: Read,
  request: RangeRequest,
  signal: AbortSignal,
): Promise<MemberData[]> {
  const { members, sources } = read
  const { window, parts, withStats } = request
  const { from, to } = window
  const readSlots = (step: number) => metrics.slots({ members, sources, from, to, step }, { signal })
  if (withStats && parts.kind === 'ticks') {
    // samples are read once; slots and parts are two folds of them
    const answer = await metrics.ticks({ members, sources, from, to }, { signal })
    return answer.map((ticks) => ({ memberId: ticks.member.memberId, of: foldOnce(ticks, request) }))
  }
  const slots = await readSlots(window.step)
  const coarse = !withStats || parts.length === window.step ? slots : await readSlots(parts.length)
  return slots.members.map(({ member, series }, index) => {
    const data = { series, parts: withStats ? toParts(coarse, index) : NO_PARTS }
    return { memberId: member.memberId, of: () => data }
  })
}

/** Keeps the last fold: the quantiles of one histogram are asked for one after the other. */
function foldOnce(ticks: MemberTicks, { window: { from, step, slots } }: RangeRequest): MemberData['of'] {
  const placement = placeInSlots(ticks, from, step, slots)
  let last: { readonly key: string; readonly data: SourceData } | undefined
  return (sources) => {
    const key = sources.join()
    if (last?.key !== key) {
      const own = { ...ticks, series: ticks.series.filter(({ source }) => sources.includes(source)) }
      last = { key, data: { series: foldTicks(own, placement), parts: tickParts(own) } }
    }
    return last.data
  }
}

const toParts = ({ from, step, slots, members }: SlotAnswer, index: number): PartSlots => ({
  times: Float64Array.from({ length: slots }, (_, i) => from + i * step),
  series: members[index]?.series ?? [],
})
