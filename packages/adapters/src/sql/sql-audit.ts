import type { AuditLog } from '@etcdmonitor/core/ports/audit-log'
import { walkClass } from './sql-audit-count.ts'
import { createAuditPages } from './sql-audit-page.ts'
import { auditPieces, entriesOf } from './sql-audit-scan.ts'
import { createAuditSweep } from './sql-audit-sweep.ts'
import { createAuditWriter } from './sql-audit-writer.ts'
import type { StateDatabase } from './state-database.ts'

const SCANNED_TOGETHER = 500

/** The audit log in the state database. Does not own it. */
export function sqlAudit(database: StateDatabase): AuditLog {
  const { settled, ...writer } = createAuditWriter(database)
  const page = createAuditPages(database)
  return {
    ...writer,
    async page(filter, asked) {
      await settled()
      return page(filter, asked)
    },

    async *scan(filter, signal) {
      await settled()
      for await (const piece of auditPieces(database, filter, { size: SCANNED_TOGETHER })) {
        signal?.throwIfAborted()
        yield await entriesOf(database, filter, piece)
      }
    },

    async countRows() {
      const acts = await walkClass(database, 'act')
      const failures = await walkClass(database, 'failure')
      return acts.rows + failures.rows
    },

    sweep: createAuditSweep(database),
  }
}
