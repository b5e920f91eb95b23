import type { AuditEntry } from './audit-event.ts'

const HEADER = 'Time,User,Operation,Target,Result,Duration(ms),Address,Request ID,Count,Params'
const END = '\r\n'

/** Begin of the file: byte-order mark (spreadsheets guess an encoding without it) and header. */
export const CSV_BEGIN = `\uFEFF${HEADER}${END}`

/** One entry as a row with its end (api.md 8.9). */
export const toCsvRow = (entry: AuditEntry): string =>
  [
    new Date(entry.at).toISOString(),
    entry.username,
    entry.operation,
    entry.target,
    toResult(entry),
    String(entry.durationMs),
    entry.address,
    entry.requestId,
    String(entry.count),
    entry.params,
  ]
    .map(toField)
    .join(',') + END

/** `success: ` or `failed: `; what neither failed nor succeeded says so. */
function toResult({ verdict, message }: AuditEntry): string {
  if (verdict === 'succeeded') return `success: ${message}`
  const exactly = verdict === 'failed' ? '' : `(${verdict}) `
  return `failed: ${exactly}${message}`.trimEnd()
}

/** What begins a formula; some programs skip a line break before it, or take the wide forms of East Asian keyboards for it. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/

/** Quoted; no program that opens the file takes it for a formula. */
function toField(text: string): string {
  const kept = text.replaceAll('\0', '')
  const harmless = FORMULA.test(kept) ? `'${kept}` : kept
  return `"${harmless.replaceAll('"', '""')}"`
}
