import type { Breath } from '@etcdmonitor/core/breath'
import type { MemberRef, StoredMember } from '@etcdmonitor/core/ports/metrics-store'
import type { HeadRow } from '../head-rows.ts'
import type { OpenMetricsFile } from '../metrics-connection.ts'
import { warmHead } from './warm-head.ts'

/** Counts what is sealed and what is not, of each member in one state of the file. */
export async function withSamples(
  file: OpenMetricsFile,
  members: readonly StoredMember[],
  breathe: Breath,
): Promise<readonly StoredMember[]> {
  const counted: StoredMember[] = []
  for (const one of members) {
    await warmHead(file, one.member, breathe)
    const { sealed, head } = file.transact(() => readParts(file, one.member))
    let samples = sealed
    for (const row of head) {
      samples += countValues(row)
      await breathe()
    }
    counted.push({ ...one, samples })
  }
  return counted
}

function readParts(file: OpenMetricsFile, member: MemberRef) {
  const row = file.series.find(member)
  if (!row) return { sealed: 0, head: [] }
  return { sealed: row.samples, head: file.head.rows(row.id, row.sealedTo, Number.MAX_SAFE_INTEGER) }
}

function countValues(row: HeadRow): number {
  let count = 0
  for (const value of row.values()) if (!Number.isNaN(value)) count++
  return count
}
