import type { Breath } from '@etcdmonitor/core/breath'
import type { MemberRef } from '@etcdmonitor/core/ports/metrics-store'
import type { OpenMetricsFile } from '../metrics-connection.ts'

/** Before the transaction that reads it, which must be short. */
export async function warmHead(file: OpenMetricsFile, member: MemberRef, breathe: Breath): Promise<void> {
  const row = file.facts().find(member)?.row
  if (row) await file.head.warm(row.id, { from: row.sealedTo, to: Number.MAX_SAFE_INTEGER }, breathe)
}
