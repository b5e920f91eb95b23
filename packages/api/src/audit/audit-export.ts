import { CSV_BEGIN, toCsvRow } from '@etcdmonitor/core/audit/audit-csv'
import type { AuditEntry, AuditFilter } from '@etcdmonitor/core/audit/audit-event'
import { AppError } from '@etcdmonitor/core/errors'
import type { ApiDeps } from '../deps.ts'

/** How often it is looked whether the session still exists. */
const LOOK_EVERY = 10_000

export interface AuditExport {
  readonly filter: AuditFilter
  /** Key of the session's row: its end breaks the transfer, its expiry does not. */
  readonly sessionHash: Uint8Array<ArrayBuffer>
}

/**
 * The matching entries as the text of a CSV file, at the pace of who takes them. Resolves when the first of them are read.
 * @throws AppError `auth_store_unavailable`
 */
export async function exportAudit(
  { state, clock, log }: Pick<ApiDeps, 'state' | 'clock' | 'log'>,
  { filter, sessionHash }: AuditExport,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const encoder = new TextEncoder()
  const batches = state.audit.scan(filter)[Symbol.asyncIterator]()
  let first: IteratorResult<readonly AuditEntry[]> | undefined = await batches.next()
  let begin = CSV_BEGIN
  let lookedAt = clock.monotonic()

  async function checkSession(): Promise<void> {
    if (clock.monotonic() - lookedAt < LOOK_EVERY) return
    if (!(await state.sessions.isPresent(sessionHash)))
      throw new AppError('unauthenticated', 'the session has ended')
    lookedAt = clock.monotonic()
  }

  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { value, done } = first ?? (await batches.next()) // not ahead: nobody would see it fail
          first = undefined
          await checkSession()
          controller.enqueue(encoder.encode(begin + (done ? '' : value.map(toCsvRow).join(''))))
          begin = ''
          if (done) controller.close()
        } catch (error) {
          log.error('audit_export_broken', { error })
          controller.error(error) // the transfer breaks: it must not look complete
        }
      },
      async cancel() {
        await batches.return?.()
      },
    },
    { highWaterMark: 1 },
  )
}
