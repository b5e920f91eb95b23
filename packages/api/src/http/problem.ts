import { AppError, type ErrorCode } from '@etcdmonitor/core/errors'
import { PROBLEMS, type ProblemKind } from './problem-table.ts'

const MAX_DETAIL = 500
/** A run that failed says with any code which one it was, and what it concerned (api.md 8.1). */
const OF_RUNS = ['run_id', 'duration_ms', 'member_id', 'member_name', 'members']
const INTERNAL = 'Internal error. Quote the request ID when you report it.'

export interface Problem {
  readonly status: ProblemKind['status']
  readonly headers: Readonly<Record<string, string>>
  /** RFC 9457, with `error` and `code` beside it (`api.md` 2.1). */
  readonly body: Readonly<Record<string, unknown>> & { readonly code: ErrorCode }
}

/** The one answer to an error. What is no AppError is a bug: nothing of it is shown. */
export function toProblem(error: unknown, requestId: string): Problem {
  if (!(error instanceof AppError) || error.code === 'internal')
    return problemOf('internal', INTERNAL, {}, requestId)
  return problemOf(error.code, error.message, error.details, requestId)
}

function problemOf(
  code: ErrorCode,
  message: string,
  details: AppError['details'],
  requestId: string,
): Problem {
  const { status, title, retryAfter, members = [] }: ProblemKind = PROBLEMS[code]
  const detail = message.slice(0, MAX_DETAIL)
  const retry = retryAfter === undefined ? undefined : Number(details.retry_after ?? retryAfter)
  return {
    status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      ...(retry !== undefined && { 'retry-after': String(Math.max(1, Math.ceil(retry))) }),
      ...(status === 401 && { 'www-authenticate': 'Bearer realm="etcdmonitor"' }),
      ...(typeof details.allow === 'string' && code === 'method_not_allowed' && { allow: details.allow }),
    },
    body: {
      type: `urn:etcdmonitor:problem:${code}`,
      title,
      status,
      detail,
      instance: `urn:etcdmonitor:request:${requestId}`,
      error: detail,
      code,
      ...pick(details, 'run_id' in details ? [...members, ...OF_RUNS] : members),
    },
  }
}

const pick = (details: AppError['details'], names: readonly string[]) =>
  Object.fromEntries(names.flatMap((name) => (name in details ? [[name, details[name]]] : [])))
