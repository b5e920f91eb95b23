import type { DatabaseSync } from 'node:sqlite'
import type { Breath } from '@etcdmonitor/core/breath'
import { LOOK_BACK, type MemberRef } from '@etcdmonitor/core/ports/metrics-store'
import type { HeadRow, HeadRows } from '../head-rows.ts'
import type { DamageWatch } from '../metrics-damage.ts'
import { DAY, dayOf, WINDOW, windowOf } from '../metrics-keys.ts'
import type { StoredMemberRow, StoredSeries } from '../metrics-series.ts'
import type { CellsCache, Tier } from '../upkeep/rollup-rows.ts'
import { type Pruned, prepareReadPruned } from './metrics-horizon.ts'
import { openRollupDays, type RollupDay, type RollupDays } from './rollup-days.ts'
import { openSealedWindows, type SealedWindowAsk, type SealedWindows } from './sealed-windows.ts'
import { headStretch, type Stretch } from './stretch.ts'
import type { WindowsCache } from './windows-cache.ts'

export interface ReadAsk {
  readonly from: number
  readonly to: number
  /** Where rollups may stand for samples; absent: samples alone. */
  readonly tier?: Tier | undefined
  /** In what cells are wanted where that is possible, ms; absent: those of the tier. */
  readonly width?: number | undefined
}

/** What a window of a member is made of, as one transaction saw it: what is sealed there does not change any more. */
export interface ReadPlan {
  /** From here on there are samples, with their look-back: `from`, or behind what rollups answer. At most `to`. */
  readonly samplesFrom: number
  /** UTC days of rollups, and sealed windows; ascending. */
  readonly days: readonly number[]
  readonly windows: readonly number[]
  /** Samples that are not sealed. */
  readonly rows: readonly HeadRow[]
}

/** What was read of a member for a window; decoded when it is asked for. */
export interface MemberRead {
  readonly member: MemberRef
  readonly samplesFrom: number
  /** Ascending. */
  readonly stretches: readonly Stretch[]
  /** Days of rollups, ascending, with the cells of a series where it has some; cells from `samplesFrom` on are not to be used. */
  readonly days: readonly RollupDay[]
}

export interface SampleTables {
  /** Inside the transaction that read the row of `member`. */
  plan(member: StoredMemberRow, ask: ReadAsk): ReadPlan
  readonly days: RollupDays
  /** Rows of a plan, column by column: kept as long as the rows are. */
  head(rows: readonly HeadRow[]): Stretch
  readonly windows: SealedWindows
}

export interface SampleTablesDeps {
  readonly db: DatabaseSync
  readonly head: HeadRows
  readonly damage: DamageWatch
  readonly cells?: CellsCache
  readonly windows?: WindowsCache
}

export function openSampleTables({ db, head, damage, cells, windows }: SampleTablesDeps): SampleTables {
  const readPruned = prepareReadPruned(db)
  const turned = new WeakMap<readonly HeadRow[], Stretch>()
  return {
    plan(member, ask) {
      const pruned = readPruned()
      return planRead(member, ask, { pruned, rows: (from, to) => head.rows(member.id, from, to) })
    },
    days: openRollupDays({ db, damage, ...(cells && { cache: cells }) }),
    head(rows) {
      const stretch = turned.get(rows) ?? headStretch(rows)
      turned.set(rows, stretch)
      return stretch
    },
    windows: openSealedWindows({ db, damage, ...(windows && { cache: windows }) }),
  }
}

export interface PlanFacts {
  readonly pruned: Pruned
  /** Head rows of the member, from an instant on; what lies at the other one or behind it is not used. */
  readonly rows: (from: number, to: number) => readonly HeadRow[]
}

/** All that it is given is of one state of the file. */
export function planRead(
  { sealedTo, firstAt }: StoredMemberRow,
  { from, to, tier }: ReadAsk,
  { pruned: { to: firstWindow = 0, day: firstDay = 0 }, rows }: PlanFacts,
): ReadPlan {
  const first = Math.max(from, firstAt)
  const samplesFrom = tier ? Math.min(to, Math.max(from, sealedTo)) : from
  const days = tier ? numbers(Math.max(dayOf(first), firstDay), dayOf(samplesFrom - 1) + 1) : []
  if (samplesFrom >= to) return { samplesFrom, days, windows: [], rows: [] }
  const seamFrom = windowOf(Math.max(samplesFrom, firstAt) - LOOK_BACK)
  return {
    samplesFrom,
    days,
    windows: numbers(Math.max(seamFrom, firstWindow), windowOf(Math.min(to, sealedTo) - 1) + 1),
    rows: to > sealedTo ? rows(sealedTo, to) : [],
  }
}

const numbers = (first: number, end: number): readonly number[] =>
  Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i)

interface CompleteAsk extends ReadAsk {
  readonly member: StoredMemberRow
  /** Those whose samples may be asked for, and those whose cells may. */
  readonly series: readonly StoredSeries[]
  readonly wanted: readonly StoredSeries[]
  readonly plan: ReadPlan
  readonly tables: SampleTables
  readonly transact: <T>(work: () => T) => T
  /** Is told the ticks that lie in the window for certain. */
  readonly foresee: (ticks: number) => void
  readonly breathe: Breath
}

/** Reads what is sealed, day by day and window by window: all of it at once would hold up others for long. */
export async function completeRead(ask: CompleteAsk): Promise<MemberRead> {
  const { member, series, wanted, plan, tables, transact, foresee, breathe, tier, from, to } = ask
  const { width = tier?.cell ?? 0 } = ask
  const days: RollupDay[] = []
  for (const day of plan.days) {
    await breathe()
    if (!tier) continue
    const until = Math.min((day + 1) * DAY, member.sealedTo)
    // where the day is not over, no slot may lie on both sides of what is sealed
    const isWhole = until % DAY === 0 || WINDOW % width === 0
    const one = { tier, width: isWhole ? width : tier.cell, day, series: wanted, until }
    days.push(tables.days.kept(one) ?? transact(() => tables.days.read(one)))
  }
  const stretches: Stretch[] = []
  let ticks = 0
  for (const window of plan.windows) {
    await breathe()
    const stretch = readWindow(tables.windows, { member, series, window }, transact)
    if (!stretch) continue
    stretches.push(stretch)
    if (window * WINDOW < from || (window + 1) * WINDOW > to) continue
    ticks += stretch.times.length
    foresee(ticks)
  }
  const { samplesFrom, rows } = plan
  if (samplesFrom < to) stretches.push(tables.head(rows))
  return { member: refOf(member), samplesFrom, stretches, days }
}

/** Undefined: nothing is sealed there, or its instants are damaged. */
export function readWindow(
  windows: SealedWindows,
  ask: SealedWindowAsk,
  transact: <T>(work: () => T) => T,
): Stretch | undefined {
  const kept = windows.kept(ask)
  if (kept) return kept
  const sealed = transact(() => windows.read(ask))
  return sealed && windows.unseal(sealed, ask)
}

const refOf = ({ clusterId, memberId }: StoredMemberRow): MemberRef => ({ clusterId, memberId })
