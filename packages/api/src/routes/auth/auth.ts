import { FIRST_ACCOUNT } from '@etcdmonitor/core/accounts/first-account'
import { judgePassword, type PasswordFault } from '@etcdmonitor/core/accounts/password-rules'
import type { AuditEvent } from '@etcdmonitor/core/audit/audit-event'
import { AppError } from '@etcdmonitor/core/errors'
import type { AccountName } from '@etcdmonitor/core/ports/state-store'
import type { Context } from 'hono'
import { toSuccess } from '../../audit/audit-subject.ts'
import { successOf } from '../../audit/audited.ts'
import type { HeldRefusals } from '../../auth/hold-refusals.ts'
import { type Attempt, createPasswordDoor, type OnRight, type Opened } from '../../auth/password-door.ts'
import { createProxyWarning } from '../../auth/proxy-warning.ts'
import type { SessionGate } from '../../auth/session-gate.ts'
import { signIn } from '../../auth/sign-in.ts'
import type { ApiDeps } from '../../deps.ts'
import { addressKey } from '../../http/address-key.ts'
import { createAddressLimit } from '../../http/address-limit.ts'
import type { ApiEnv } from '../../http/api-env.ts'
import { defineRoute } from '../../http/define-route.ts'
import { createRouter } from '../../http/router.ts'
import { AuthStatus, Credentials, LoginAnswer, Message, PasswordChange } from './auth-schemas.ts'
import { createAuthStatus } from './auth-status.ts'

const PASSWORD_ERRORS = [
  'invalid_credentials',
  'account_locked',
  'rate_limited',
  'login_capacity',
  'auth_store_unavailable',
] as const

const login = defineRoute({
  method: 'post',
  path: '/login',
  summary: 'Sign in',
  rules: {
    auth: 'public',
    deadline: 15_000,
    errors: PASSWORD_ERRORS,
    missing: 'username and password required',
  },
  request: { body: Credentials },
  answer: LoginAnswer,
})

const changePassword = defineRoute({
  method: 'post',
  path: '/change-password',
  summary: 'Change the own password; ends all sessions of the account',
  rules: {
    auth: 'public',
    deadline: 15_000,
    errors: [...PASSWORD_ERRORS, 'weak_password'],
    missing: 'username, old_password and new_password required',
  },
  request: { body: PasswordChange },
  answer: Message,
})

const logout = defineRoute({
  method: 'post',
  path: '/logout',
  summary: 'End this session',
  rules: { auth: 'session', deadline: 10_000, errors: ['payload_too_large', 'request_timeout'] },
  request: {},
  answer: Message,
})

const status = defineRoute({
  method: 'get',
  path: '/status',
  summary: 'Whether the caller is signed in, and what to know before',
  rules: { auth: 'public', deadline: 10_000, errors: ['auth_store_unavailable'] },
  request: {},
  answer: AuthStatus,
})

/** `/api/auth`: signing in and out, and passwords (`api.md` 4). */
export function authRoutes(deps: ApiDeps, gate: SessionGate, refusals: HeldRefusals) {
  const { state, clock, settings, audit } = deps
  const verifyPassword = createPasswordDoor(deps)
  const limitAddress = createAddressLimit(settings.loginRatePerMinute, clock)
  const warnOfProxy = createProxyWarning(deps)
  const statusOf = createAuthStatus(deps)
  const accept = ({ account, reservationId }: Opened, event: AuditEvent) =>
    state.accounts.accept({
      reservationId,
      userId: account.id,
      verified: account.passwordHash,
      audit: event,
    })
  const eventOf = ({ caller }: Opened, operation: Attempt['operation'], message?: string) =>
    toSuccess(audit.newId(), caller, { operation, target: caller.address }, message)

  /** What both routes have in common: an attempt for which there is room, or the refusal. */
  const verify = <T>(c: Context<ApiEnv>, attempt: Attempt, onRight: OnRight<T>) => {
    warnOfProxy(c.req.header('x-forwarded-for'))
    return refusals.attempt(c.env, async () => {
      limitAddress(attempt.caller.address)
      return verifyPassword(attempt, onRight)
    })
  }

  return createRouter()
    .openapi(login, async (c) => {
      const { username, password } = c.req.valid('json')
      const { address } = c.var
      const attempt = toAttempt(c, 'login', { username, password })
      const answer = await verify(c, attempt, async (opened) => {
        if (opened.account.mustChangePassword) {
          const outcome = await accept(opened, eventOf(opened, 'login', 'must_change_password'))
          return outcome === 'settled' ? firstChangeDue(username) : outcome
        }
        const client = { address, userAgent: c.req.header('user-agent') ?? '' }
        const session = await signIn(deps, opened, { password: attempt.password, client })
        if (typeof session === 'string') return session
        return { username, expires_at: session.expiresAt, session_token: session.token, ...SIGNED_IN }
      })
      if (!answer) throw new AppError('invalid_credentials', 'Wrong user name or password')
      return c.json(answer, 200)
    })
    .openapi(changePassword, async (c) => {
      const { username, old_password: old, new_password: wanted } = c.req.valid('json')
      const attempt = toAttempt(c, 'change_password', { username, password: old })
      const changed = await verify(c, attempt, async (opened) => {
        const { account, slot, reservationId } = opened
        const fault = judgePassword(wanted, {
          minLength: settings.minPasswordLength,
          common: deps.commonPasswords,
          names: [username, settings.hostName],
          old,
        })
        if (fault) {
          const error = weakPassword(fault, settings.minPasswordLength)
          const outcome = await accept(opened, toFailure(eventOf(opened, 'change_password'), error))
          if (outcome !== 'settled') return outcome
          throw error
        }
        const to = await slot.hash(encode(wanted))
        const verified = { reservationId, userId: account.id, verified: account.passwordHash }
        const event = eventOf(opened, 'change_password')
        const outcome = await state.accounts.changePassword({ ...verified, to, audit: event })
        gate.forget((session) => session.userId === account.id)
        return outcome
      })
      if (!changed) throw new AppError('invalid_credentials', 'Wrong user name or old password')
      if (username === FIRST_ACCOUNT) await deps.discardFirstPassword(attempt.caller)
      return c.json({ message: 'Password changed. Log in with the new password.' }, 200)
    })
    .openapi(logout, async (c) => {
      const { idHash } = c.var.session
      const event = successOf(c, { operation: 'logout', target: c.var.address })
      const ended = await state.sessions.end(idHash, event)
      gate.forget((session) => sameBytes(session.idHash, idHash))
      if (!ended) throw new AppError('unauthenticated', 'this session has ended already')
      return c.json({ message: 'Logged out' }, 200)
    })
    .openapi(status, async (c) => {
      const session = await gate.find(c.req.header('authorization'))
      return c.json(await statusOf(session), 200)
    })
}

function toAttempt(
  { var: { address, requestId } }: Pick<Context<ApiEnv>, 'var'>,
  operation: Attempt['operation'],
  { username, password }: { readonly username: AccountName; readonly password: string },
): Attempt {
  const caller = { username, address, requestId }
  return { name: username, password: encode(password), address: addressKey(address), operation, caller }
}

const toFailure = (event: AuditEvent, { code, message }: AppError): AuditEvent => ({
  ...event,
  class: 'failure',
  verdict: 'failed',
  code,
  message,
})

const SIGNED_IN = { must_change_password: false as const, authenticated: true as const }

const firstChangeDue = (username: string) => ({
  username,
  must_change_password: true as const,
  authenticated: false as const,
})

function weakPassword(reason: PasswordFault, minLength: number): AppError {
  const message = {
    too_short: `the new password needs at least ${minLength} characters`,
    common: 'the new password is a common one, or little more than the names of account, host and product',
    unchanged: 'the new password equals the old one',
  }[reason]
  return new AppError('weak_password', message, { details: { reason, min_length: minLength } })
}

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index])
