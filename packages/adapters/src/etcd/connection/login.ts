import { type EtcdFailure, isNotReached } from '@etcdmonitor/core/etcd/failure'
import type { Secret } from '@etcdmonitor/core/secret'
import type { Clock } from '@etcdmonitor/core/time'
import { type CallBudget, within } from './call-budget.ts'
import { callError, EtcdCallError } from './call-error.ts'
import { createToken, type HeardOfAuth, type Token } from './token.ts'

/** A token that a member gave, for another one that gives none. */
export interface LentToken {
  readonly token: string
  /** It is not taken: the member that gave it logs in anew for the next. */
  refused(): void
}

export interface LoginOptions {
  readonly url: string
  /** Absent: no token is sent. */
  readonly user: EtcdUser | undefined
  /** Whom etcd sees in us at this instant, by login or certificate; `""`: not known. */
  readonly who: () => string
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>
  /** One `Authenticate` call. @throws EtcdCallError */
  readonly authenticate: (user: EtcdUser) => Promise<string>
  /** A token of a voter: a learner gives none, but takes that one. Undefined: no voter gives one. */
  readonly borrow: (budget: CallBudget) => Promise<LentToken | undefined>
  readonly heard: HeardOfAuth
}

export interface EtcdUser {
  readonly name: string
  readonly password: Secret
}

/** How the calls to one member say who we are. */
export interface Login {
  /**
   * Sends with a token, one of at most `maxAge` ms where given; and once more, after a new login, where etcd refused the token: it did
   * nothing then. @throws EtcdCallError that names the user, or what `send` throws
   */
  withToken<T>(use: TokenUse, send: (token: string | undefined) => Promise<T>): Promise<T>
  /** For a member that gives none. Never rejects. */
  lend(budget: CallBudget): Promise<LentToken | undefined>
  /** What was refused may be tried again at once: other certificates are shown now. */
  forgive(): void
}

export interface TokenUse {
  readonly budget: CallBudget
  /** Of the call that is sent, such as `KV.range`. */
  readonly method: string
  readonly maxAge?: number
}

interface FoundToken {
  readonly held: string | undefined
  /** Why there is none of this member although one is wanted. */
  readonly missing?: EtcdCallError
  readonly lent?: LentToken | undefined
}

const NO_LOGIN = 'no login in time: the cluster has no quorum, or is overloaded'
/** etcd's texts for "log in again". Maintenance calls of 3.4 and 3.5 carry them with status UNKNOWN, so the text decides. */
const LOG_IN_AGAIN = /invalid auth token|revision of auth store is old|user name is empty/i

export function createLogin({ url, user, who, clock, authenticate, borrow, heard }: LoginOptions): Login {
  const noLogin = () =>
    callError('server_timeout', { endpoint: url, method: 'Auth.Authenticate', sent: false }, NO_LOGIN)

  async function logIn(who: EtcdUser): Promise<string> {
    try {
      return await authenticate(who)
    } catch (error) {
      throw error instanceof EtcdCallError && error.failure.kind === 'deadline' ? noLogin() : error
    }
  }

  const token = user && createToken({ clock, login: () => logIn(user), heard })

  let refusedMethod: string | undefined // without a user; not every call wants one, so this one alone tells when that is over

  function hear(method: string, isRefused: boolean): void {
    if (isRefused) {
      refusedMethod ??= method
      heard(true)
    } else if (!token && method === refusedMethod) {
      refusedMethod = undefined
      heard(false)
    }
  }

  const current = (
    own: Token,
    { budget, maxAge }: Pick<TokenUse, 'budget' | 'maxAge'>,
  ): Promise<string | undefined> => within({ promise: own.get(maxAge), budget, clock }, noLogin)

  /** A login goes through raft, and no learner gives one: then the call is sent with what else there is, for many a call needs none. */
  async function find(
    own: Token,
    { budget, maxAge }: Pick<TokenUse, 'budget' | 'maxAge'>,
  ): Promise<FoundToken> {
    const half = budget.atMost(budget.left() / 2)
    try {
      return { held: await current(own, { budget: half, ...(maxAge !== undefined && { maxAge }) }) }
    } catch (error) {
      if (!(error instanceof EtcdCallError) || isFinal(error.failure)) throw error
      const lent = error.failure.kind === 'learner' ? await borrow(half) : undefined
      return { held: lent?.token ?? own.held(), missing: error, lent }
    }
  }

  async function send<T>(own: Token, use: TokenUse, sendWith: (token: string | undefined) => Promise<T>) {
    const { held, missing, lent } = await find(own, use)
    try {
      return await sendWith(held)
    } catch (error) {
      if (!asksForLogin(error)) throw error
      if (lent) {
        lent.refused()
        return sendWith((await borrow(use.budget))?.token)
      }
      if (missing) throw missing
      own.refused(held)
      return sendWith(await current(own, { budget: use.budget }))
    }
  }

  return {
    async withToken(use, sendWith) {
      try {
        const answer = await (token ? send(token, use, sendWith) : sendWith(undefined))
        hear(use.method, false)
        return answer
      } catch (error) {
        if (error instanceof EtcdCallError && error.failure.kind === 'auth_failed') hear(use.method, true)
        throw error instanceof EtcdCallError ? nameUser(error, user?.name, who) : error
      }
    },
    async lend(budget) {
      if (!token) return undefined
      try {
        const held = await current(token, { budget })
        return held === undefined ? undefined : { token: held, refused: () => token.refused(held) }
      } catch (error) {
        budget.signal.throwIfAborted()
        if (error instanceof EtcdCallError) return undefined
        throw error
      }
    },
    forgive: () => token?.forgive(),
  }
}

/** etcd's other refusals are of a token that it gave, or of a user that went since. */
const WRONG_PASSWORD = /authentication failed|user name not found/i

const asksForLogin = (error: unknown): boolean =>
  error instanceof EtcdCallError && LOG_IN_AGAIN.test(error.failure.message)

/** The user is refused, or nothing is reached: the call would fare no better. */
const isFinal = (failure: EtcdFailure): boolean => failure.stage === 'auth' || isNotReached(failure)

/** etcd's own texts do not say which user it means. */
function nameUser(error: EtcdCallError, user: string | undefined, who: () => string): EtcdCallError {
  if (error.failure.kind === 'permission_denied')
    return new EtcdCallError({ ...error.failure, user: who() }, { cause: error })
  if (error.failure.kind !== 'auth_failed') return error
  const { message: text } = error.failure
  const reason = WRONG_PASSWORD.test(text) ? 'user name or password is wrong' : text.slice(0, 100)
  const message = user
    ? `etcd refuses the user ${JSON.stringify(user.slice(0, 60))}: ${reason}`
    : 'etcd wants a user: set etcd.username and etcd.password, or a client certificate whose name is an etcd user'
  return new EtcdCallError({ ...error.failure, message }, { cause: error })
}
