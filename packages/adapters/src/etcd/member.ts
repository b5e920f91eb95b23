import { type EtcdFailure, isNotReached } from '@etcdmonitor/core/etcd/failure'
import type { Secret } from '@etcdmonitor/core/secret'
import type { Clock } from '@etcdmonitor/core/time'
import * as grpc from '@grpc/grpc-js'
import type { IAuthenticateResponse, ICallable } from 'etcd3'
import { type CallBudget, startBudget, within } from './connection/call-budget.ts'
import { callError, EtcdCallError } from './connection/call-error.ts'
import type { DialTarget, EtcdChannel } from './connection/channel.ts'
import type { EtcdService } from './connection/schema.ts'
import { sendUnary, type Unary } from './connection/send-unary.ts'
import { createToken } from './connection/token.ts'

export interface MemberOptions {
  readonly url: string
  /** Where the URL leads now, `current` being the address of the connection; asked before every call. @throws EtcdCallError */
  readonly resolve: (budget: CallBudget, current?: string) => Promise<DialTarget>
  readonly open: (target: DialTarget) => EtcdChannel
  /** Absent: no token is sent. */
  readonly user: { readonly name: string; readonly password: Secret } | undefined
  readonly clock: Clock
  /** Ends logins when the cluster is closed. */
  readonly closing: AbortSignal
}

/** One endpoint: its channel, its token. Each call is one attempt. */
export interface EtcdMember {
  readonly url: string
  /** etcd3's typed clients run on it, for calls within this budget. Their promises reject with EtcdCallError or the reason of the signal. */
  calling(budget: CallBudget): ICallable<string>
  /** Closes the connection for good. */
  close(): void
}

interface Dialled {
  readonly channel: EtcdChannel
  /** Calls that wait for its connection. */
  waiting: number
}

interface FoundToken {
  readonly held: string | undefined
  /** Why there is none although one is wanted. */
  readonly missing?: EtcdCallError
}

const leadsTo = (one: DialTarget, other: DialTarget): boolean =>
  one.address === other.address && one.port === other.port

const LOGIN_LIMIT = 5_000
const NO_LOGIN = 'no login in time: the cluster has no quorum, or is overloaded'
/** etcd's texts for "log in again". Maintenance calls of 3.4 and 3.5 carry them with status UNKNOWN, so the text decides. */
const LOG_IN_AGAIN = /invalid auth token|revision of auth store is old|user name is empty/i

export function createMember({ url, resolve, open, user, clock, closing }: MemberOptions): EtcdMember {
  let dialled: Dialled | undefined
  let isClosed = false
  const rest = (reason?: EtcdCallError) => {
    dialled?.channel.close(reason)
    dialled = undefined
  }

  async function connect(budget: CallBudget): Promise<EtcdChannel> {
    const target = await resolve(budget, dialled?.channel.target.address)
    budget.signal.throwIfAborted()
    if (isClosed)
      throw callError('connection_lost', { endpoint: url, method: 'connect', sent: false }, 'no longer used')
    if (dialled && !leadsTo(dialled.channel.target, target)) rest()
    dialled ??= { channel: open(target), waiting: 0 }
    const used = dialled
    used.waiting += 1
    try {
      await used.channel.connect(budget)
    } catch (error) {
      // nothing may dial in the background between two calls; but others may wait longer than this one
      if (dialled === used && used.waiting === 1) rest(error instanceof EtcdCallError ? error : undefined)
      throw error
    } finally {
      used.waiting -= 1
    }
    return used.channel
  }

  async function attempt(call: Unary, token: string | undefined, budget: CallBudget): Promise<unknown> {
    const connected = await connect(budget)
    const metadata = new grpc.Metadata()
    if (token !== undefined) metadata.set('token', token)
    return sendUnary({ client: connected.client(call.service), call, metadata, url, budget, clock })
  }

  const noLogin = () =>
    callError('server_timeout', { endpoint: url, method: 'Auth.Authenticate', sent: false }, NO_LOGIN)

  async function logIn(name: string, password: Secret): Promise<string> {
    const params = { name, password: password.reveal() }
    const call = { service: 'Auth', method: 'authenticate', params } as const
    try {
      const answer = await attempt(call, undefined, startBudget(clock, LOGIN_LIMIT, closing))
      return (answer as IAuthenticateResponse).token // by the schema
    } catch (error) {
      throw error instanceof EtcdCallError && error.failure.kind === 'deadline' ? noLogin() : error
    }
  }

  const token = user && createToken({ clock, login: () => logIn(user.name, user.password) })

  const currentToken = (budget: CallBudget): Promise<string | undefined> | undefined =>
    token && within({ promise: token.get(), budget, clock }, noLogin)

  /** A login goes through raft, and no learner gives one: then the call is sent without, for many a call needs none. */
  async function findToken(budget: CallBudget): Promise<FoundToken> {
    try {
      return { held: await currentToken(budget.atMost(budget.left() / 2)) }
    } catch (error) {
      if (!(error instanceof EtcdCallError) || isFinal(error.failure)) throw error
      return { held: undefined, missing: error }
    }
  }

  async function attemptTwice(call: Unary, budget: CallBudget): Promise<unknown> {
    const { held, missing } = await findToken(budget)
    try {
      return await attempt(call, held, budget)
    } catch (error) {
      if (!token || !asksForLogin(error)) throw error
      if (missing) throw missing
      token.refused(held)
      return attempt(call, await currentToken(budget), budget)
    }
  }

  async function exec(call: Unary, budget: CallBudget): Promise<unknown> {
    try {
      return await attemptTwice(call, budget)
    } catch (error) {
      throw error instanceof EtcdCallError ? nameUser(error, user?.name) : error
    }
  }

  return {
    url,
    close() {
      isClosed = true
      rest()
    },
    calling: (budget) => {
      const callable: Pick<ICallable<string>, 'exec'> = {
        exec: (service, method, params) =>
          exec({ service: service as EtcdService, method, params }, budget) as Promise<never>, // by the schema
      }
      return callable as ICallable<string> // etcd3's clients make unary calls by `exec` alone
    },
  }
}

/** etcd's other refusals are of a token that it gave, or of a user that went since. */
const WRONG_PASSWORD = /authentication failed|user name not found/i

const asksForLogin = (error: unknown): boolean =>
  error instanceof EtcdCallError && LOG_IN_AGAIN.test(error.failure.message)

/** The user is refused, or nothing is reached: the call would fare no better. */
const isFinal = (failure: EtcdFailure): boolean => failure.stage === 'auth' || isNotReached(failure)

/** etcd's own texts do not say which user it means. */
function nameUser(error: EtcdCallError, user: string | undefined): EtcdCallError {
  if (error.failure.kind !== 'auth_failed') return error
  const { message: text } = error.failure
  const reason = WRONG_PASSWORD.test(text) ? 'user name or password is wrong' : text.slice(0, 100)
  const message = user
    ? `etcd refuses the user ${JSON.stringify(user.slice(0, 60))}: ${reason}`
    : 'etcd wants a user: set etcd.username and etcd.password, or a client certificate whose name is an etcd user'
  return new EtcdCallError({ ...error.failure, message }, { cause: error })
}
