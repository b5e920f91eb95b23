import { AppError } from '@etcdmonitor/core/errors'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import type { EtcdMaintenance } from '@etcdmonitor/core/ports/etcd-cluster'
import type { Clock } from '@etcdmonitor/core/time'
import { deadlinesOf, type ScrapeTimes } from './deadlines.ts'

/** The call reads every lease id of the cluster: not more often than this, and its answer is told again for so long. */
const EVERY = 30_000

/** The number of leases of one cluster, asked of a member at most every 30 s (metrics.md 1.3). */
export interface LeaseCount {
  /** Starts a call unless one was made lately; its end is not waited for. */
  askWhenDue(member: MemberId, signal: AbortSignal): void
  /** The newest answer, if it is not too old; undefined after a failed call. */
  current(): number | undefined
}

export interface LeaseCountDeps {
  readonly cluster: Pick<EtcdMaintenance, 'leaseCount'>
  readonly clock: Clock
  readonly settings: ScrapeTimes
  /** Gets what is no failure of etcd. */
  readonly onError: (error: unknown) => void
}

export function createLeaseCount({ cluster, clock, settings, onError }: LeaseCountDeps): LeaseCount {
  // ticks are a little off their grid: without this, every other one of a 30 s grid would be too early
  const slack = Math.min(settings.intervalMs / 2, 1_000)
  const { status: deadline } = deadlinesOf(settings, 0)
  let askedAt = -Infinity
  let answer: { readonly count: number; readonly asOf: number } | undefined

  async function ask(member: MemberId, signal: AbortSignal, asOf: number): Promise<void> {
    try {
      answer = { count: await cluster.leaseCount(member, { signal, deadline }), asOf }
    } catch (error) {
      answer = undefined
      if (!(error instanceof AppError) && !signal.aborted) onError(error)
    }
  }

  return {
    askWhenDue(member, signal) {
      const now = clock.monotonic()
      if (now - askedAt < EVERY - slack) return
      askedAt = now
      void ask(member, signal, now) // handles its errors itself
    },
    current: () => (answer && clock.monotonic() - answer.asOf <= EVERY + slack ? answer.count : undefined),
  }
}
