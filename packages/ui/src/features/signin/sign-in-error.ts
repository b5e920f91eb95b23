import { describeProblem, proxyAdvice } from '../../api/describe-problem.ts'
import type { Problem } from '../../api/problem.ts'
import type { Messages } from '../../i18n/messages.ts'

export interface SignInError {
  readonly text: string
  /** Where it stands. */
  readonly field: 'username' | 'password'
  /** Seconds after which it is worth trying again without being asked. */
  readonly retryAfter?: number
  /** Seconds during which no password is looked at. */
  readonly lockedFor?: number
}

const DEFAULT_RETRY = 3
const DEFAULT_LOCK = 60

/** What is said of a sign-in that failed (ui.md 4.1). */
export function signInError(problem: Problem, messages: Messages): SignInError {
  const { code, fields } = problem
  if (code === 'rate_limited' || code === 'login_capacity') {
    const retryAfter = fields.retryAfter ?? DEFAULT_RETRY
    return { text: messages.signIn.busyServer(retryAfter), field: 'password', retryAfter }
  }
  if (code === 'account_locked') {
    const lockedFor = fields.retryAfter ?? DEFAULT_LOCK
    return { text: messages.signIn.locked(clockTime(lockedFor)), field: 'password', lockedFor }
  }
  const [item] = fields.items
  if (code === 'validation_failed' && item?.pointer === '/username') {
    return { text: messages.signIn.invalid, field: 'username' }
  }
  return { text: plainText(problem, messages), field: 'password' }
}

function plainText(problem: Problem, messages: Messages): string {
  const { signIn } = messages
  const { code, fields } = problem
  if (code === 'invalid_credentials') return signIn.wrong
  if (code === 'auth_store_unavailable') return signIn.storeSilent
  if (code === 'network') return signIn.noConnection
  if (code === 'validation_failed') return fields.items[0]?.message || fields.detail
  return proxyAdvice(problem, messages) || describeProblem(problem, messages).title
}

/** Minutes and seconds, `14:32`. */
export const clockTime = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
