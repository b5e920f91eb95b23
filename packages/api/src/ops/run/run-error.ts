import { AppError, type ErrorCode } from '@etcdmonitor/core/errors'
import type { RunEnd } from '@etcdmonitor/core/ports/run-store'
import { judgeEnd } from '../../audit/judge-end.ts'

/** Codes that exist only in runs, with what a client that waits is answered instead (operations.md 4.7). */
const RUN_CODES = {
  client_gone: 'request_timeout',
  session_ended: 'unauthenticated',
  snapshot_corrupt: 'etcd_error',
  leader_not_moved: 'etcd_error',
  alarm_returned: 'etcd_error',
  no_transfer_target: 'health_gate_failed',
  process_stopped: 'shutting_down',
} as const satisfies Record<string, ErrorCode>
export type RunCode = keyof typeof RUN_CODES

export const runError = (
  code: RunCode,
  message: string,
  { cause, details = {} }: { readonly cause?: unknown; readonly details?: AppError['details'] } = {},
): AppError => new AppError(RUN_CODES[code], message, { cause, details: { ...details, run_code: code } })

/** As the run keeps it. */
export const toRunError = (error: AppError): NonNullable<RunEnd['error']> => ({
  code: String(error.details.run_code ?? error.code),
  error: error.message.slice(0, 500),
})

/** As the audit log has it: beside a bug only a change whose answer is missing is unknown, for a look that was too slow changes nothing. */
export function judgeRunEnd(error: AppError): ReturnType<typeof judgeEnd> {
  const end = judgeEnd(error)
  const isOpen = error.code === 'outcome_unknown' || error.code === 'internal'
  return isOpen ? end : { ...end, verdict: 'failed', code: toRunError(error).code }
}

/** A run that nothing more is sent for because its process ends was interrupted; one that only slept has failed. */
export function stateOfError(error: AppError, isStopping: boolean): 'unknown' | 'interrupted' | 'failed' {
  if (error.code === 'outcome_unknown') return 'unknown'
  return isStopping && error.details.run_code === 'process_stopped' ? 'interrupted' : 'failed'
}

/** The same error with more members of its answer. */
export const withDetails = (error: AppError, details: AppError['details']): AppError =>
  new AppError(error.code, error.message, { cause: error, details: { ...error.details, ...details } })

/** A bug is told to nobody: the run that met it fails as such. */
export const toAppError = (error: unknown): AppError =>
  error instanceof AppError ? error : new AppError('internal', 'internal error', { cause: error })

/** Nothing was sent because the right to send had passed, or this process was asked to stop. */
export const stopped = (message = 'the process was stopped'): AppError => runError('process_stopped', message)
