import type { AuditOutcome } from '@etcdmonitor/core/audit/audit-event'
import { AppError } from '@etcdmonitor/core/errors'

type End = Omit<AuditOutcome, 'durationMs'>

/** What was sent may have been done: nobody has seen an answer. */
const UNKNOWN: ReadonlySet<string> = new Set([
  'outcome_unknown',
  'etcd_timeout',
  'request_timeout',
  'internal',
])

/** How an act ended that threw `error`. Of a bug nothing is told, and what it left undone is not known. */
export function judgeEnd(error: unknown): End {
  if (!(error instanceof AppError)) return { verdict: 'unknown', code: 'internal', message: 'internal error' }
  const verdict = UNKNOWN.has(error.code) ? 'unknown' : 'failed'
  return { verdict, code: error.code, message: error.message }
}

/** How an act ended that was stopped on request before it was whole. */
export const cancelledEnd = (detail: Readonly<Record<string, unknown>> = {}): End => ({
  verdict: 'failed',
  code: 'cancelled',
  message: `stopped on request ${JSON.stringify(detail)}`,
})

/** How an act ended that did what it should; `detail` is what there is to say of it. */
export const goodEnd = (detail?: Readonly<Record<string, unknown>>): End => ({
  verdict: 'succeeded',
  code: '',
  message: detail === undefined ? 'ok' : `ok ${JSON.stringify(detail)}`,
})
