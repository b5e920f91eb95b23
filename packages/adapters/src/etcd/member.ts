import type { Clock } from '@etcdmonitor/core/time'
import * as grpc from '@grpc/grpc-js'
import type { IAuthenticateResponse, ICallable } from 'etcd3'
import { type CallBudget, startBudget } from './connection/call-budget.ts'
import type { EtcdChannel } from './connection/channel.ts'
import { createLogin, type EtcdUser, type LentToken } from './connection/login.ts'
import { createMemberConnection, type MemberConnectionOptions } from './connection/member-connection.ts'
import { keepTo, type OneConnection } from './connection/one-connection.ts'
import type { EtcdService } from './connection/schema.ts'
import { type OpenedStream, type StreamCall, sendStream } from './connection/send-stream.ts'
import { sendUnary, type Unary } from './connection/send-unary.ts'
import type { HeardOfAuth } from './connection/token.ts'

export interface MemberOptions extends MemberConnectionOptions {
  /** Absent: no token is sent. */
  readonly user: EtcdUser | undefined
  /** Whom etcd sees in us at this instant, by login or certificate; `""`: not known. */
  readonly who: () => string
  readonly clock: Clock
  /** Of a voter, for a learner. */
  readonly borrow: (budget: CallBudget) => Promise<LentToken | undefined>
  readonly heard: HeardOfAuth
}

/** One endpoint: its channel, its token. Each call is one attempt. */
export interface EtcdMember {
  readonly url: string
  /** etcd3's typed clients run on it, for calls within this budget, and over `one` connection where it is given. Their promises reject with EtcdCallError or the reason of the signal. */
  calling(budget: CallBudget, one?: OneConnection): ICallable<string>
  /** Connecting, login and the first message have the time of the budget; its signal ends the stream at any time. @throws as `calling` */
  stream<T>(call: StreamCall, budget: CallBudget, one?: OneConnection): Promise<OpenedStream<T>>
  /** The token that this member gave, for one that gives none. */
  lend(budget: CallBudget): Promise<LentToken | undefined>
  /** Other certificates are to be shown: the next call makes a connection of its own, and a refused user may try again. */
  renew(): void
  /** Closes the connection for good. */
  close(): void
}

interface Sending {
  readonly call: Pick<Unary, 'service' | 'method'>
  readonly one: OneConnection | undefined
  readonly token: string | undefined
}

const LOGIN_LIMIT = 5_000
/** A token is looked at only when a stream begins, and may end while the first message is awaited. */
const STREAM_TOKEN_AGE = 60_000

export function createMember(options: MemberOptions): EtcdMember {
  const { url, user, who, clock, closing, borrow, heard } = options
  const connection = createMemberConnection(options)

  function prepare(channel: EtcdChannel, { call: { service, method }, one, token }: Sending) {
    if (one) keepTo(one, channel, `${service}.${method}`)
    const metadata = new grpc.Metadata()
    if (token !== undefined) metadata.set('token', token)
    return { client: channel.client(service), metadata, url, clock }
  }

  async function sendOnce(
    call: Unary,
    budget: CallBudget,
    how: Omit<Sending, 'call'> = { one: undefined, token: undefined },
  ): Promise<unknown> {
    const { channel, leave } = await connection.connect(budget)
    try {
      return await sendUnary({ ...prepare(channel, { call, ...how }), call, budget })
    } finally {
      leave()
    }
  }

  async function streamOnce<T>(call: StreamCall, budget: CallBudget, how: Omit<Sending, 'call'>) {
    const { channel, leave } = await connection.connect(budget)
    const { promise: ended, resolve: onEnd } = Promise.withResolvers<void>()
    void ended.then(leave)
    try {
      const { signal } = budget
      return await sendStream<T>({ ...prepare(channel, { call, ...how }), call, signal, onEnd })
    } catch (error) {
      onEnd()
      throw error
    }
  }

  async function authenticate({ name, password }: EtcdUser): Promise<string> {
    const params = { name, password: password.reveal() }
    const call = { service: 'Auth', method: 'authenticate', params } as const
    const answer = await sendOnce(call, startBudget(clock, LOGIN_LIMIT, closing))
    return (answer as IAuthenticateResponse).token // by the schema
  }

  const login = createLogin({ url, user, who, clock, authenticate, borrow, heard })

  return {
    url,
    lend: login.lend,
    renew() {
      connection.renew()
      login.forgive()
    },
    close: connection.close,
    calling: (budget, one) => {
      const callable: Pick<ICallable<string>, 'exec'> = {
        exec: (service, method, params) => {
          const call = { service: service as EtcdService, method, params } // by the schema
          const send = (token: string | undefined) => sendOnce(call, budget, { one, token })
          return login.withToken({ budget, method: `${service}.${method}` }, send) as Promise<never>
        },
      }
      return callable as ICallable<string> // etcd3's clients make unary calls by `exec` alone
    },
    stream: <T>(call: StreamCall, budget: CallBudget, one?: OneConnection) =>
      login.withToken(
        { budget, method: `${call.service}.${call.method}`, maxAge: STREAM_TOKEN_AGE },
        (token) => streamOnce<T>(call, budget, { one, token }),
      ),
  }
}
