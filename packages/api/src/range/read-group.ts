import type { Metric } from '@etcdmonitor/core/metrics/catalogue'
import { looksBack, type PartSlots, readSources } from '@etcdmonitor/core/metrics/evaluate-parts'
import type { SlotsAndParts } from '@etcdmonitor/core/metrics/evaluate-slots'
import { foldTicks, placeInSlots } from '@etcdmonitor/core/metrics/fold-ticks'
import { tickParts } from '@etcdmonitor/core/metrics/tick-parts'
import {
  LOOK_BACK,
  type MemberRef,
  type MemberTicks,
  type MetricsReader,
  type SlotAnswer,
} from '@etcdmonitor/core/ports/metrics-store'
import type { Read } from './plan-reads.ts'
import type { RangeRequest } from './range-request.ts'

/** What the store gave of one member. */
export interface MemberData {
  readonly member: MemberRef
  /** Folds what it has to when asked: one metric is a short piece of work, all of them are not. */
  of(metric: Metric): SlotsAndParts
}

type Store = Pick<MetricsReader, 'slots' | 'ticks'>
export const NO_PARTS: PartSlots = { times: new Float64Array(0), length: 0, until: 0, series: [] }

/** What one group of members and sources has in the window (metrics.md 3.10), in the order of the members. */
export async function readGroup(
  metrics: Store,
  read: Read,
  request: RangeRequest,
  signal: AbortSignal,
): Promise<MemberData[]> {
  const { members, sources, withParts } = read
  const { window, parts, until } = request
  const { from, to } = window
  if (withParts && parts.kind === 'ticks') {
    // samples are read once; slots and parts are two folds of them
    const answer = await metrics.ticks({ members, sources, from, to }, { signal })
    return answer.map((ticks) => ({ member: ticks.member, of: foldOnce(ticks, request) }))
  }
  const readSlots = (step: number, first: number) =>
    metrics.slots({ members, sources, from: first, to, step }, { signal })
  const slots = await readSlots(window.step, from)
  const seam = read.metrics.some(looksBack) ? Math.ceil(LOOK_BACK / parts.length) : 0
  const isSame = !withParts || (parts.length === window.step && seam === 0)
  const coarse = isSame ? slots : await readSlots(parts.length, from - seam * parts.length)
  return slots.members.map(({ member, series }, index) => {
    const data = {
      series,
      parts: withParts ? { ...coarseParts(coarse, index, until), first: seam } : NO_PARTS,
    }
    return { member, of: () => data }
  })
}

/** Keeps the last fold: the quantiles of one histogram are asked for one after the other. */
function foldOnce(ticks: MemberTicks, { window: { from, step, slots } }: RangeRequest): MemberData['of'] {
  const placement = placeInSlots(ticks, from, step, slots)
  let last: { readonly key: string; readonly data: SlotsAndParts } | undefined
  return (metric) => {
    const sources = readSources(metric)
    const key = sources.join()
    if (last?.key !== key) {
      const own = { ...ticks, series: ticks.series.filter(({ source }) => sources.includes(source)) }
      last = { key, data: { series: foldTicks(own, placement), parts: tickParts(own, looksBack(metric)) } }
    }
    return last.data
  }
}

/** The slots of one member of the answer as parts. */
export const coarseParts = (
  { from, step, slots, members }: SlotAnswer,
  index: number,
  until: number,
): PartSlots => ({
  times: Float64Array.from({ length: slots }, (_, i) => from + i * step),
  length: step,
  until,
  series: members[index]?.series ?? [],
})
