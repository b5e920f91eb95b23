import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import type { MemberRef } from '@etcdmonitor/core/ports/metrics-store'
import type { OpenMetricsFile } from '../metrics-connection.ts'
import type { StoredMemberRow, StoredSeries } from '../metrics-series.ts'
import type { Breath } from './breath.ts'
import type { MemberRead, ReadAsk } from './member-read.ts'
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
export function readFound(
  { file, ref, sources }: MemberReading,
  ask: ReadAsk,
): (FoundMember & { readonly read: MemberRead }) | undefined {
  return file.transact(() => {
    const found = findMember(file, ref, sources)
    return found && { ...found, read: file.tables.read(found.row, found.needed, ask) }
  })
}
