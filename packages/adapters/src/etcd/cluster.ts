import { type EtcdFailureKind, isNotReached } from '@etcdmonitor/core/etcd/failure'
import type { Clock } from '@etcdmonitor/core/time'
import type { ICallable } from 'etcd3'
import type { CallBudget } from './connection/call-budget.ts'
import { EtcdCallError } from './connection/call-error.ts'
import { createLimiter } from './connection/limiter.ts'
import type { OneConnection } from './connection/one-connection.ts'
import type { EtcdMember } from './member.ts'

export interface ClusterOptions {
  readonly makeMember: (url: string) => EtcdMember
  readonly clock: Pick<Clock, 'sleep'>
  /** The URL answered a call of `ask`, `read` or `change`. */
  readonly onAnswer: (url: string) => void
}

interface Trying<T> {
  readonly call: Call<T>
  /** Whether the next candidate may be asked after this error. */
  readonly mayGoOn: (error: unknown) => boolean
  readonly limit?: number | undefined
}

type Call<T> = (client: ICallable<string>, url: string) => Promise<T>

/** The connections of one cluster, and which of them answers a call. */
export interface Cluster {
  /** The connection to a URL: made once, kept until `keep` leaves it out. */
  member(url: string): EtcdMember
  /** One attempt at this URL, over `one` connection where it is given. At most 16 of these and of `read` run at once. */
  ask<T>(url: string, budget: CallBudget, call: Call<T>, one?: OneConnection): Promise<T>
  /** The first answer of the candidates, in their order, each at most once. @throws EtcdCallError of the last one tried */
  read<T>(
    candidates: readonly string[],
    budget: CallBudget,
    call: Call<T>,
    /** Milliseconds of each attempt. */
    limit?: number,
  ): Promise<T>
  /** One attempt at the first candidate that can be reached: another one is taken only while nothing was sent. @throws as `read` */
  change<T>(candidates: readonly string[], budget: CallBudget, call: Call<T>): Promise<T>
  /** Makes new connections for all calls that begin from now on. */
  renew(): void
  /** Closes the connections to all other URLs. */
  keep(urls: ReadonlySet<string>): void
}

const MAX_IN_FLIGHT = 16

/** Failures after which another member may know better; the others would be told the same by anybody. */
const TRY_ANOTHER: readonly EtcdFailureKind[] = [
  'connection_lost',
  'deadline',
  'learner',
  'no_leader',
  'wrong_cluster',
]

export function createCluster({ makeMember, clock, onAnswer }: ClusterOptions): Cluster {
  const members = new Map<string, EtcdMember>()
  const limit = createLimiter(MAX_IN_FLIGHT, clock)

  const member = (url: string): EtcdMember => {
    const made = members.get(url) ?? makeMember(url)
    members.set(url, made)
    return made
  }

  const ask = <T>(url: string, budget: CallBudget, call: Call<T>, one?: OneConnection): Promise<T> =>
    limit(url, budget, async () => {
      const answer = await call(member(url).calling(budget, one), url)
      onAnswer(url)
      return answer
    })

  async function tryInTurn<T>(
    candidates: readonly string[],
    budget: CallBudget,
    { call, mayGoOn, limit: attemptLimit = Number.POSITIVE_INFINITY }: Trying<T>,
  ): Promise<T> {
    let last: unknown = new Error('no candidate')
    for (const url of candidates) {
      try {
        return await ask(url, budget.atMost(attemptLimit), call)
      } catch (error) {
        if (!mayGoOn(error) || budget.left() === 0) throw error
        last = error
      }
    }
    throw last
  }

  return {
    member,
    ask,
    read: (candidates, budget, call, attemptLimit) =>
      tryInTurn(candidates, budget, { call, mayGoOn: mayAskAnother, limit: attemptLimit }),
    change: (candidates, budget, call) => tryInTurn(candidates, budget, { call, mayGoOn: isUnsent }),
    renew() {
      for (const made of members.values()) made.renew()
    },
    keep(urls) {
      for (const [url, made] of members) {
        if (urls.has(url)) continue
        made.close()
        members.delete(url)
      }
    },
  }
}

const mayAskAnother = (error: unknown): boolean =>
  error instanceof EtcdCallError && (isNotReached(error.failure) || TRY_ANOTHER.includes(error.failure.kind))

const isUnsent = (error: unknown): boolean => error instanceof EtcdCallError && !error.failure.sent
