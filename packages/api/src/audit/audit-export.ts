import { CSV_BEGIN, toCsvRow } from '@etcdmonitor/core/audit/audit-csv'
import type { AuditEntry, AuditFilter } from '@etcdmonitor/core/audit/audit-event'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { beginNow, type Caller, type DownloadDeps, toBody } from '../http/download.ts'

/**
 * The matching entries as the text of a CSV file, at the pace of who takes them. Resolves when the first have been looked through.
 * @throws AppError `auth_store_unavailable`
 */
export async function exportAudit(
  deps: DownloadDeps,
  filter: AuditFilter,
  caller: Caller & { readonly signal: AbortSignal },
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const over = new AbortController()
  const signal = AbortSignal.any([caller.signal, over.signal])
  const batches = await beginNow(deps.state.audit.scan(filter, signal))
  return toBody(deps, { pieces: toCsv(batches), caller, over })
}

async function* toCsv(
  batches: AsyncIterable<readonly AuditEntry[]>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield toUtf8(CSV_BEGIN)
  for await (const batch of batches) if (batch.length > 0) yield toUtf8(batch.map(toCsvRow).join(''))
}
