import { foldTicks, placeInSlots } from '@etcdmonitor/core/metrics/fold-ticks'
import { addColumns, openSlots, shareSiblings, toColumns } from '@etcdmonitor/core/metrics/merge-slots'
import { type SourceEntry, sourceOf } from '@etcdmonitor/core/metrics/sources'
import type {
  CounterSlots,
  GaugeColumn,
  MemberSlots,
  SeriesSlots,
  SlotQuery,
} from '@etcdmonitor/core/ports/metrics-store'
import type { Breath } from './breath.ts'
import type { MemberRead } from './member-read.ts'
import { DAY } from './metrics-keys.ts'
import type { StoredSeries } from './metrics-series.ts'
import type { ReadBudget } from './read-budget.ts'
import { readTicks } from './read-ticks.ts'
import { COARSE, cellsOf, FINE, type Tier } from './rollup-rows.ts'

export interface SlotsAsk extends Pick<SlotQuery, 'from' | 'to' | 'step' | 'gauge'> {
  readonly series: readonly StoredSeries[]
  readonly wanted: readonly StoredSeries[]
  readonly budget: ReadBudget
  readonly breathe: Breath
}

/** The coarsest rollups whose cells fit into the slots; undefined: samples alone. */
export const tierOf = ({ from, step }: Pick<SlotQuery, 'from' | 'step'>): Tier | undefined =>
  [COARSE, FINE].find(({ cell }) => from % cell === 0 && step % cell === 0)

/** Slots of a member from its rollups and, where there are none, from samples; source by source, breathing in between. */
export async function readSlots(read: MemberRead, ask: SlotsAsk): Promise<MemberSlots> {
  const slots: SeriesSlots[] = []
  for (const group of Map.groupBy(ask.wanted, ({ source }) => source).values()) {
    await ask.breathe()
    slots.push(...(await readSource(read, group, ask)))
  }
  return { member: read.member, series: slots }
}

async function readSource(
  read: MemberRead,
  group: readonly StoredSeries[],
  ask: SlotsAsk,
): Promise<readonly SeriesSlots[]> {
  const { step, from, to, breathe } = ask
  const count = Math.round((to - from) / step)
  const sampled = await foldSamples(read, group, ask, count)
  if (read.days.length === 0) return sampled ?? group.map((one) => emptySlots(one, count, ask.gauge))

  const tier = tierOf(ask)
  const places = read.days.map(
    ({ day }) => tier && placeCells(tier, day, { ...ask, to: Math.min(to, read.samplesFrom) }),
  )
  const itself = Int32Array.from({ length: count }, (_, slot) => slot)
  const merged: SeriesSlots[] = []
  for (const [i, one] of group.entries()) {
    await breathe()
    const slots = emptySlots(one, count, ask.gauge)
    for (const [k, day] of read.days.entries()) {
      const cells = day.cells(one)
      const slotOf = places[k]
      if (cells && slotOf) addColumns(slots, cells, slotOf)
    }
    const later = sampled?.[i]
    if (later) addColumns(slots, toColumns(later), itself)
    merged.push(slots)
  }
  const { absent }: SourceEntry = sourceOf(group[0]?.source ?? 'collector_up')
  if (absent === 'siblings') shareSiblings(merged.filter(isCounter))
  return merged
}

const isCounter = (slots: SeriesSlots): slots is CounterSlots => slots.kind === 'counter'

/** In the order of `group`; undefined when rollups answer all of the window. */
async function foldSamples(
  read: MemberRead,
  group: readonly StoredSeries[],
  { from, to, step, gauge, series, budget, breathe }: SlotsAsk,
  count: number,
): Promise<readonly SeriesSlots[] | undefined> {
  const { member, samplesFrom } = read
  if (samplesFrom >= to) return undefined
  const ask = {
    member,
    stretches: read.stretches(),
    from: samplesFrom,
    to,
    series,
    wanted: group,
    budget,
    breathe,
  }
  const ticks = await readTicks(ask)
  await breathe()
  const placement = placeInSlots(ticks, from, step, count)
  placement.slotOf.fill(-1, 0, ticks.first) // the seam may lie in the window, where rollups answer
  return foldTicks(ticks, placement, gauge)
}

const GAUGE: readonly GaugeColumn[] = ['count', 'sum', 'min', 'max', 'last']

function emptySlots(one: StoredSeries, count: number, gauge: readonly GaugeColumn[] = GAUGE): SeriesSlots {
  const isWanted = (column: number) => one.kind !== 'gauge' || gauge.includes(GAUGE[column] ?? 'count')
  return openSlots(one, count, isWanted)
}

/** Which slot each cell of a day belongs to. */
function placeCells(
  tier: Tier,
  day: number,
  { from, to, step }: Pick<SlotsAsk, 'from' | 'to' | 'step'>,
): Int32Array {
  return Int32Array.from({ length: cellsOf(tier) }, (_, i) => {
    const at = day * DAY + i * tier.cell
    return at >= from && at < to ? Math.floor((at - from) / step) : -1
  })
}
