import { AppError } from '@etcdmonitor/core/errors'
import { isFresh } from '@etcdmonitor/core/etcd/cluster-health'
import type { ClusterView } from '@etcdmonitor/core/etcd/cluster-view'
import type { EtcdTopology } from '@etcdmonitor/core/ports/etcd-cluster'
import type { MetricsReader, StoredMember } from '@etcdmonitor/core/ports/metrics-store'
import type { Clock } from '@etcdmonitor/core/time'
import { type Membership, toMembership } from './membership.ts'

/** How long the store may take before the last list is served, ms; as long as the first view of etcd may. */
const PATIENCE = 2_000
/** How long a refresh of a view that still counts is waited for, ms: a member that hangs is not, its probe ends beside the answer. */
const SOON = 300
/** Of a view that is served without asking again, ms. */
const MAX_AGE = 5_000

export interface MemberBook {
  /** Answers within 2 s, whatever is down; within 0.3 s while the last view counts and the store answers. */
  read(): Promise<Membership>
}

interface BookDeps {
  readonly etcd: EtcdTopology
  readonly metrics: Pick<MetricsReader, 'members'>
  readonly clock: Pick<Clock, 'now' | 'sleep'>
}

/** Puts together whom etcd lists and whom the store knows. `interval`: of the collector, ms. */
export function createMemberBook({ etcd, metrics, clock }: BookDeps, interval: number): MemberBook {
  const maxAge = Math.min(MAX_AGE, interval) // else it would count as old before it is refreshed
  let last: readonly StoredMember[] = []

  const readStored = async (): Promise<Pick<Membership, 'stored' | 'storeError'>> => {
    try {
      last = await inTime(metrics.members(), clock)
      return { stored: last }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return { stored: last, storeError: error }
    }
  }

  const readView = async (): Promise<ClusterView> => {
    const view = await etcd.view({ maxAge, wait: SOON })
    return isFresh(view.probedAt, interval, clock.now()) ? view : etcd.view({ maxAge, wait: PATIENCE - SOON })
  }

  return {
    async read() {
      const [view, { stored, ...failure }] = await Promise.all([readView(), readStored()])
      return { ...toMembership(view, stored, interval), ...failure }
    },
  }
}

async function inTime<T>(answer: Promise<T>, clock: Pick<Clock, 'sleep'>): Promise<T> {
  const answered = new AbortController()
  const late = async (): Promise<never> => {
    await clock.sleep(PATIENCE, answered.signal)
    throw new AppError('storage_unavailable', `the store did not list its members in ${PATIENCE / 1_000} s`)
  }
  try {
    return await Promise.race([answer, late()])
  } finally {
    answered.abort('answered') // without a reason an error is made, with its stack
  }
}
