import { foldTicks, placeInSlots } from '@etcdmonitor/core/metrics/fold-ticks'
import { tickParts } from '@etcdmonitor/core/metrics/tick-parts'
import type { PartSlots } from '@etcdmonitor/core/metrics/window-stats'
import type { MetricsReader, SeriesSlots, SlotAnswer } from '@etcdmonitor/core/ports/metrics-store'
import type { Read } from './plan-reads.ts'
import type { RangeRequest } from './range-request.ts'

/** What the store gave of one member. */
export interface MemberData {
  readonly memberId: string
  readonly series: readonly SeriesSlots[]
  /** Empty unless stats are asked for. */
  readonly parts: PartSlots
}

type Store = Pick<MetricsReader, 'slots' | 'ticks'>
const NO_PARTS: PartSlots = { times: new Float64Array(0), series: [] }

/** The slots of one group of members and sources, and the parts of the window that its stats are made of (metrics.md 3.10). */
export async function readGroup(
  metrics: Store,
  read: Read,
  request: RangeRequest,
  signal: AbortSignal,
): Promise<MemberData[]> {
  if (request.withStats && request.parts.kind === 'ticks') return readTicks(metrics, read, request, signal)
  const { step } = request.window
  const slots = await readSlots(metrics, read, request, step, signal)
  const length = request.withStats ? request.parts.length : step
  const parts = length === step ? slots : await readSlots(metrics, read, request, length, signal)
  return slots.members.map(({ member, series }, index) => ({
    memberId: member.memberId,
    series,
    parts: request.withStats ? toParts(parts, index) : NO_PARTS,
  }))
}

/** Samples are read once; slots and parts are two folds of them. */
async function readTicks(
  metrics: Store,
  { members, sources }: Read,
  { window: { from, to, step, slots } }: RangeRequest,
  signal: AbortSignal,
): Promise<MemberData[]> {
  const answer = await metrics.ticks({ members, sources, from, to }, { signal })
  return answer.map((ticks) => ({
    memberId: ticks.member.memberId,
    series: foldTicks(ticks, placeInSlots(ticks, from, step, slots)),
    parts: tickParts(ticks),
  }))
}

const readSlots = (
  metrics: Store,
  { members, sources }: Read,
  { window: { from, to } }: RangeRequest,
  step: number,
  signal: AbortSignal,
): Promise<SlotAnswer> => metrics.slots({ members, sources, from, to, step }, { signal })

const toParts = ({ from, step, slots, members }: SlotAnswer, index: number): PartSlots => ({
  times: Float64Array.from({ length: slots }, (_, i) => from + i * step),
  series: members[index]?.series ?? [],
})
