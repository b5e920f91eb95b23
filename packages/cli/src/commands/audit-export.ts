import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CSV_BEGIN, toCsvRow } from '@etcdmonitor/core/audit/audit-csv'
import type { AuditFilter } from '@etcdmonitor/core/audit/audit-event'
import type { AuditLog } from '@etcdmonitor/core/ports/audit-log'
import { toAuditEvent } from '../accounts/audit-event.ts'
import { openAccounts } from '../accounts/open-accounts.ts'
import { CommandFailed } from '../command-failed.ts'
import type { ExportLine } from '../command-line.ts'
import { EXIT } from '../exit-codes.ts'

/** The audit log as CSV on standard output, newest first. @throws StartRefused, CommandFailed; AppError when the store does not answer */
export async function auditExport({ from, to, config }: ExportLine): Promise<number> {
  await using place = await openAccounts(config)
  const { audit } = place.state
  await audit.event(toAuditEvent('audit_export', 'audit log')) // before: who cannot be recorded gets nothing
  const filter = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
  try {
    await pipeline(Readable.from(toCsv(audit, filter)), process.stdout, { end: false })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE')
      throw new CommandFailed('standard output was closed before the end', { cause: error })
    if (error instanceof Error && 'syscall' in error)
      throw new CommandFailed('standard output cannot be written: the export is not whole', { cause: error })
    throw error
  }
  return EXIT.done
}

async function* toCsv(audit: AuditLog, filter: AuditFilter): AsyncGenerator<string> {
  yield CSV_BEGIN
  for await (const batch of audit.scan(filter)) yield batch.map(toCsvRow).join('')
}
