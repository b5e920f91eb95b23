import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import type { MemberRef } from '@etcdmonitor/core/ports/metrics-store'
import type { OpenMetricsFile } from '../metrics-connection.ts'
import { placesOf, type StoredMemberRow, type StoredSeries } from '../metrics-series.ts'
import type { Breath } from './breath.ts'
import { completeRead, type MemberRead, type ReadAsk } from './member-read.ts'
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
  if (!row) return undefined
  const series = known.of(row.id)
  const wanted = series.filter(({ source }) => sources.includes(source))
  const needed = series.filter(({ source }) => sources.includes(source) || RULE_SOURCES.includes(source))
  return { row, series, wanted, needed }
}

/** Member, series and samples of one state of the file. */
export async function readFound(
  { file, ref, sources, budget, breathe }: MemberReading,
  ask: ReadAsk,
): Promise<(FoundMember & { readonly read: MemberRead }) | undefined> {
  const { tables, transact } = file
  const found = transact(() => {
    const member = findMember(file, ref, sources)
    return member && { ...member, plan: tables.plan(member.row, ask) }
  })
  if (!found) return undefined
  const { row: member, needed: series, wanted, plan } = found
  const places = wanted.reduce((sum, one) => sum + placesOf(one), 0)
  const foresee = (ticks: number) => budget.foresee(ticks * places)
  const read = await completeRead({ ...ask, member, series, plan, tables, transact, foresee, breathe })
  return { ...found, read }
}
