import type { SendAnswer } from './send-lines.ts'

/** Also for a date that has passed: a server that says so is not asked without end. */
const MIN_RETRY_AFTER = 1_000
const MAX_RETRY_AFTER = 300_000
const AUTH_WAIT = 30_000
const MISSING_WAIT = 60_000

/**
 * | verdict | what is done |
 * | --- | --- |
 * | accepted | it waits no longer |
 * | away, failed | kept; tried again later; `failed`: the server answered with 500, perhaps for what is in it |
 * | busy | kept; the server said for how long, ms, or it is as `away` |
 * | auth, missing | kept; tried again after `wait` |
 * | too_large | in smaller requests |
 * | refused | at fault itself: the part that is goes, the rest is sent |
 */
export type Verdict =
  | { readonly kind: 'accepted' | 'away' | 'failed' | 'too_large' | 'refused' }
  | { readonly kind: 'busy'; readonly wait: number | undefined }
  | { readonly kind: 'auth' | 'missing'; readonly wait: number }

/** What an answer to a write asks for (storage.md 6.5). `now`: Unix ms. */
export function judgeAnswer(answer: SendAnswer, now: number): Verdict {
  const { status } = answer
  if (status === 'none') return { kind: 'away' }
  if (status >= 200 && status < 300) return { kind: 'accepted' }
  if (status === 429 || status === 503) return { kind: 'busy', wait: parseRetryAfter(answer.retryAfter, now) }
  if (status === 500) return { kind: 'failed' }
  if (status > 500) return { kind: 'away' }
  if (status === 401 || status === 403) return { kind: 'auth', wait: AUTH_WAIT }
  if (status === 413) return { kind: 'too_large' }
  if (status === 400 || status === 422) return { kind: 'refused' }
  return { kind: 'missing', wait: MISSING_WAIT } // 404; redirects, which are never followed, and what no InfluxDB answers
}

/** ms, 1 to 300 s: the header has seconds or an HTTP date. Undefined for neither. */
function parseRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now
  return Number.isNaN(ms) ? undefined : Math.min(MAX_RETRY_AFTER, Math.max(MIN_RETRY_AFTER, ms))
}
