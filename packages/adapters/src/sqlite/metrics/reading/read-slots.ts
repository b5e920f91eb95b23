import type { Breath } from '@etcdmonitor/core/breath'
import { foldTicks, placeInSlots } from '@etcdmonitor/core/metrics/slots/fold-ticks'
import {
  addColumns,
  openSlots,
  putColumns,
  shareSiblings,
  toColumns,
} from '@etcdmonitor/core/metrics/slots/merge-slots'
import { type SourceEntry, sourceOf } from '@etcdmonitor/core/metrics/sources'
import type {
  CounterSlots,
  GaugeColumn,
  MemberSlots,
  SeriesSlots,
  SlotQuery,
} from '@etcdmonitor/core/ports/metrics-store'
import type { OpenMetricsFile } from '../metrics-connection.ts'
import { DAY } from '../metrics-keys.ts'
import type { StoredMemberRow, StoredSeries } from '../metrics-series.ts'
import { type Cells, COARSE, FINE, type Tier } from '../upkeep/rollup-rows.ts'
import { foldDay } from './fold-day.ts'
import type { MemberRead } from './member-read.ts'
import type { ReadBudget } from './read-budget.ts'
import { readTicks } from './read-ticks.ts'
import type { RollupDay } from './rollup-days.ts'

export interface SlotsAsk extends Pick<SlotQuery, 'from' | 'to' | 'step' | 'gauge'> {
  readonly file: Pick<OpenMetricsFile, 'tables' | 'transact'>
  readonly row: StoredMemberRow
  readonly series: readonly StoredSeries[]
  readonly wanted: readonly StoredSeries[]
  readonly budget: ReadBudget
  readonly breathe: Breath
}

/**
 * The coarsest rollups whose cells fit into the slots, and the width in which closed days are wanted: that of the slots where they divide
 * the day. Nothing: samples alone.
 */
export function rollupsOf({ from, step }: Pick<SlotQuery, 'from' | 'step'>): {
  readonly tier?: Tier
  readonly width?: number
} {
  const tier = [COARSE, FINE].find(({ cell }) => from % cell === 0 && step % cell === 0)
  if (!tier) return {}
  return { tier, width: from % step === 0 && DAY % step === 0 ? step : tier.cell }
}

/** Slots of a member from its rollups and, where there are none, from samples; source by source, breathing in between. */
export async function readSlots(read: MemberRead, ask: SlotsAsk): Promise<MemberSlots> {
  const grid = planGrid(read, ask)
  const slots: SeriesSlots[] = []
  for (const group of Map.groupBy(ask.wanted, ({ source }) => source).values()) {
    await ask.breathe()
    slots.push(...(await readSource(read, group, { ...ask, grid })))
  }
  return { member: read.member, series: slots }
}

/** Where cells and samples of a member go; the same for all its sources. */
interface Grid {
  readonly count: number
  /** The first slot with samples; from here on they are folded. */
  readonly first: number
  /** Slots of the cells of each day that was read. */
  readonly ofCells: readonly CellPlaces[]
  /** Slots of those that are folded from samples. */
  readonly ofFolded: Int32Array
}

/** The slot of each cell, -1: none; or, where a cell is a slot, that of the first, which may lie before the window. */
type CellPlaces = Int32Array | number

function planGrid(read: MemberRead, ask: SlotsAsk): Grid {
  const { from, to, step } = ask
  const count = Math.round((to - from) / step)
  const first = Math.floor((read.samplesFrom - from) / step)
  const cells = { ...ask, to: Math.min(to, read.samplesFrom) }
  const ofFolded = new Int32Array(count - first)
  for (let i = 0; i < ofFolded.length; i++) ofFolded[i] = first + i
  return { count, first, ofCells: read.days.map((day) => placeCells(day, cells)), ofFolded }
}

type SourceAsk = SlotsAsk & { readonly grid: Grid }

async function readSource(
  read: MemberRead,
  group: readonly StoredSeries[],
  ask: SourceAsk,
): Promise<readonly SeriesSlots[]> {
  const { count, first, ofCells, ofFolded } = ask.grid
  const folded = await foldSamples(read, group, ask)
  if (folded && first === 0 && ofCells.length === 0) return folded

  const mend = openMending(group, ask)
  const merged: SeriesSlots[] = []
  for (const [i, one] of group.entries()) {
    await ask.breathe()
    const slots = emptySlots(one, count, ask.gauge)
    for (const [k, places] of ofCells.entries()) {
      const day = read.days[k]
      if (!day) continue
      const found = day.cells(one)
      const cells = found === 'damaged' ? await mend(day, one) : found
      if (!cells) continue
      if (typeof places === 'number') putColumns(slots, cells, places, first)
      else addColumns(slots, cells, places)
    }
    const later = folded?.[i]
    if (later) addColumns(slots, toColumns(later), ofFolded)
    merged.push(slots)
  }
  const { absent }: SourceEntry = sourceOf(group[0]?.source ?? 'collector_up')
  if (absent === 'siblings') shareSiblings(merged.filter(isCounter))
  return merged
}

/** Gives a function that gives cells for a damaged row of one of `group`, all series of a source: once more from samples, of all at once. */
function openMending(group: readonly StoredSeries[], { row, series, file, breathe }: SourceAsk) {
  const folded = new Map<number, ReturnType<typeof foldDay>>()
  return async (day: RollupDay, one: StoredSeries): Promise<Cells | undefined> => {
    const folding = folded.get(day.day) ?? foldDay({ ...day, ...file, member: row, series, group, breathe })
    folded.set(day.day, folding)
    return day.mend(one, (await folding)[group.indexOf(one)])
  }
}

const isCounter = (slots: SeriesSlots): slots is CounterSlots => slots.kind === 'counter'

/** In the order of `group`; undefined when rollups answer all of the window. */
async function foldSamples(
  read: MemberRead,
  group: readonly StoredSeries[],
  { from, to, step, gauge, series, budget, breathe, grid }: SourceAsk,
): Promise<readonly SeriesSlots[] | undefined> {
  const { member, samplesFrom, stretches } = read
  if (samplesFrom >= to) return undefined
  const window = { from: samplesFrom, to }
  const withoutRules = group.every(({ kind }) => kind === 'gauge')
  const wanted = { series, wanted: group, withoutRules }
  const ticks = await readTicks({ ...window, ...wanted, member, stretches, budget, breathe })
  await breathe()
  const placement = placeInSlots(ticks, from + grid.first * step, step, grid.count - grid.first)
  placement.slotOf.fill(-1, 0, ticks.first) // the seam may lie in the first slot, where rollups answer
  return foldTicks(ticks, placement, gauge)
}

const GAUGE: readonly GaugeColumn[] = ['count', 'sum', 'min', 'max', 'last']

function emptySlots(one: StoredSeries, count: number, gauge: readonly GaugeColumn[] = GAUGE): SeriesSlots {
  const isWanted = (column: number) => one.kind !== 'gauge' || gauge.includes(GAUGE[column] ?? 'count')
  return openSlots(one, count, isWanted)
}

function placeCells(
  { day, width }: RollupDay,
  { from, to, step }: Pick<SlotsAsk, 'from' | 'to' | 'step'>,
): CellPlaces {
  if (width === step && from % step === 0) return (day * DAY - from) / step
  const slotOf = new Int32Array(DAY / width)
  for (let i = 0; i < slotOf.length; i++) {
    const at = day * DAY + i * width
    slotOf[i] = at >= from && at < to ? Math.floor((at - from) / step) : -1
  }
  return slotOf
}
