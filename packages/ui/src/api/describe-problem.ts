import type { Messages } from '../i18n/messages.ts'
import type { Problem } from './problem.ts'

export interface ProblemDescription {
  readonly title: string
  readonly advice: string
  /** The server's own words; `''` when it said nothing more. */
  readonly detail: string
  /** A button that asks again makes sense. */
  readonly canRetry: boolean
  /** For a report: `storage_unavailable · request 01J…`. */
  readonly reference: string
}

/** Asking again cannot help: what is wrong is the request, or the rights of somebody. */
const FINAL: ReadonlySet<string> = new Set([
  'validation_failed',
  'permission_denied',
  'etcd_auth_failed',
  'not_found',
  'member_not_found',
  'not_supported',
])

/** What is said to people about a problem: by its code; of an unknown one, what the server says (ui.md 12.2). */
export function describeProblem(problem: Problem, messages: Messages): ProblemDescription {
  const { code, fields } = problem
  const known = messages.problems(code)
  return {
    title: known?.title ?? (fields.title || code),
    advice: proxyAdvice(problem, messages) || (known?.advice ?? ''),
    detail: fields.detail,
    canRetry: !FINAL.has(code),
    reference: [code, fields.requestId && messages.dataState.request(fields.requestId)]
      .filter(Boolean)
      .join(' · '),
  }
}

/** What an answer that is not the API's says about the proxy that made it (ui.md 1.4); `''` for all other problems. */
export function proxyAdvice({ code, fields: { status } }: Problem, { proxy }: Messages): string {
  if (code !== 'bad_answer') return ''
  if (status === 413) return proxy.tooLarge
  if (status >= 502 && status <= 504) return proxy.unreachable
  return status === 200 || status === 404 ? proxy.prefix : ''
}
