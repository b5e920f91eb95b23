import type { Breath } from '@etcdmonitor/core/breath'
import { foldTicks, placeInSlots } from '@etcdmonitor/core/metrics/slots/fold-ticks'
import { DAY } from '../metrics-keys.ts'
import type { StoredMemberRow, StoredSeries } from '../metrics-series.ts'
import { cellsOfSlots } from '../upkeep/day-cells.ts'
import { type Cells, FINE } from '../upkeep/rollup-rows.ts'
import { completeRead, type SampleTables } from './member-read.ts'
import { UNBOUNDED } from './read-budget.ts'
import { RULE_SOURCES, readTicks } from './read-ticks.ts'

export interface FoldDayAsk {
  readonly member: StoredMemberRow
  /** Those of `group`, and what the delta rules need. */
  readonly series: readonly StoredSeries[]
  /** All series of one source. */
  readonly group: readonly StoredSeries[]
  /** UTC day number, and up to where it is sealed, Unix ms. */
  readonly day: number
  readonly until: number
  readonly tables: SampleTables
  readonly transact: <T>(work: () => T) => T
  readonly breathe: Breath
}

/**
 * Fine cells of a day in the order of `group`, once more from the samples that are still there: where rows of rollups are damaged. Undefined:
 * there are none. A day is one piece however many samples it has: damage must not end a request.
 */
export async function foldDay(ask: FoldDayAsk): Promise<readonly (Cells | undefined)[]> {
  const { member, group, day, until, tables, transact, breathe } = ask
  const window = { from: day * DAY, to: until }
  const series = ask.series.filter(
    ({ source }) => group[0]?.source === source || RULE_SOURCES.includes(source),
  )
  const plan = transact(() => tables.plan(member, window))
  const { foresee } = UNBOUNDED
  const read = { ...window, member, series, wanted: [], plan, tables, transact, foresee, breathe }
  const { stretches, member: ref } = await completeRead(read)
  const withoutRules = group.every(({ kind }) => kind === 'gauge')
  const wanted = { series, wanted: group, withoutRules }
  const ticks = await readTicks({ ...window, ...wanted, member: ref, stretches, budget: UNBOUNDED, breathe })
  await breathe()
  const slots = (until - window.from) / FINE.cell
  return foldTicks(ticks, placeInSlots(ticks, window.from, FINE.cell, slots)).map(cellsOfSlots)
}
