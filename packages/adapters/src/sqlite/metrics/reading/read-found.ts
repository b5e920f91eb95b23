import type { Breath } from '@etcdmonitor/core/breath'
import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import type { MemberRef } from '@etcdmonitor/core/ports/metrics-store'
import type { OpenMetricsFile } from '../metrics-connection.ts'
import { placesOf, type StoredMemberRow, type StoredSeries } from '../metrics-series.ts'
import { completeRead, type MemberRead, planRead, type ReadAsk, type ReadPlan } from './member-read.ts'
import type { Pruned } from './metrics-horizon.ts'
import type { ReadBudget } from './read-budget.ts'
import { RULE_SOURCES } from './read-ticks.ts'

/** One member that a call asks for, and what the call has for all of them. */
export interface MemberReading {
  readonly file: OpenMetricsFile
  readonly ref: MemberRef
  readonly sources: readonly SourceId[]
  readonly budget: ReadBudget
  readonly breathe: Breath
}

export interface FoundMember {
  readonly row: StoredMemberRow
  /** All its series, those that are asked for, and these with what the delta rules need; by place. */
  readonly series: readonly StoredSeries[]
  readonly wanted: readonly StoredSeries[]
  readonly needed: readonly StoredSeries[]
}

/** Inside a transaction. */
export function findMember(
  { series: known }: Pick<OpenMetricsFile, 'series'>,
  ref: MemberRef,
  sources: readonly SourceId[],
): FoundMember | undefined {
  const row = known.find(ref)
  return row && pickSeries(row, known.of(row.id), sources)
}

/** What the file is known to hold of a member now, without a transaction. Undefined: that has to be read. */
export function findKnown(
  { facts, series: known }: Pick<OpenMetricsFile, 'facts' | 'series'>,
  ref: MemberRef,
  sources: readonly SourceId[],
): (FoundMember & { readonly newestAt: number; readonly pruned: Pruned }) | undefined {
  const { find, seriesRevision, pruned } = facts()
  const { row, newestAt = 0 } = find(ref) ?? {}
  const series = row && known.kept(row.id, seriesRevision)
  return series && { ...pickSeries(row, series, sources), newestAt, pruned }
}

function pickSeries(
  row: StoredMemberRow,
  series: readonly StoredSeries[],
  sources: readonly SourceId[],
): FoundMember {
  const wanted = series.filter(({ source }) => sources.includes(source))
  const needed = series.filter(({ source }) => sources.includes(source) || RULE_SOURCES.includes(source))
  return { row, series, wanted, needed }
}

type PlannedMember = FoundMember & { readonly plan: ReadPlan }

/** Most calls come between two ticks: what they rest on is kept, and its rows with it. */
function planKnown({ file, ref, sources }: MemberReading, ask: ReadAsk): PlannedMember | undefined {
  const member = findKnown(file, ref, sources)
  const rows = member && file.head.kept(member.row.id, member.row.sealedTo, member.newestAt)
  return rows && { ...member, plan: planRead(member.row, ask, { pruned: member.pruned, rows: () => rows }) }
}

function planMember({ file, ref, sources }: MemberReading, ask: ReadAsk): PlannedMember | undefined {
  const member = findMember(file, ref, sources)
  return member && { ...member, plan: file.tables.plan(member.row, ask) }
}

/** Member, series and samples of one state of the file. */
export async function readFound(
  reading: MemberReading,
  ask: ReadAsk,
): Promise<(FoundMember & { readonly read: MemberRead }) | undefined> {
  const { file, budget, breathe } = reading
  const { tables, transact } = file
  const found = planKnown(reading, ask) ?? transact(() => planMember(reading, ask))
  if (!found) return undefined
  const { row: member, needed: series, wanted, plan } = found
  const places = wanted.reduce((sum, one) => sum + placesOf(one), 0)
  const foresee = (ticks: number) => budget.foresee(ticks * places)
  const read = await completeRead({
    ...ask,
    member,
    series,
    wanted,
    plan,
    tables,
    transact,
    foresee,
    breathe,
  })
  return { ...found, read }
}
