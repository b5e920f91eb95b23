import { AppError } from '@etcdmonitor/core/errors'
import type { ClusterView } from '@etcdmonitor/core/etcd/cluster-view'
import type { EtcdTopology } from '@etcdmonitor/core/ports/etcd-cluster'
import type { MetricsReader, StoredMember } from '@etcdmonitor/core/ports/metrics-store'
import type { Clock } from '@etcdmonitor/core/time'
import { type Membership, toMembership } from './membership.ts'

/** How long the store may take before the last list is served, ms; as long as the first view of etcd may. */
const PATIENCE = 2_000
/**
 * Intervals for which a view is served while it is refreshed: whoever asks less often, such as a probe once a minute, would always be
 * told how it was the last time.
 */
const RECENT = 1.5
/** How long a refresh of a view that still counts is waited for, ms: a member that hangs is not, its probe ends beside the answer. */
const SOON = 300
/** Of a view that is served without asking again, ms. */
const MAX_AGE = 5_000

export interface MemberBook {
  /** Answers within 2 s, whatever is down; within 0.3 s while the last view is recent and the store answers. */
  read(): Promise<Membership>
  /** Whose history is meant; undefined while none is known. At once when etcd was ever seen, else as `read`. */
  clusterId(): Promise<string | undefined>
}

interface BookDeps {
  readonly etcd: Pick<EtcdTopology, 'view'>
  readonly metrics: Pick<MetricsReader, 'members' | 'isShared'>
  readonly clock: Pick<Clock, 'now' | 'sleep'>
}

/** Puts together whom etcd lists and whom the store knows. `interval`: of the collector, ms. */
export function createMemberBook({ etcd, metrics, clock }: BookDeps, interval: number): MemberBook {
  const maxAge = Math.min(MAX_AGE, interval) // else it would count as old before it is refreshed
  let last: readonly StoredMember[] = []
  /** The newest that a view had. */
  let seen: string | undefined

  const readStored = async (
    clusterId: string | undefined,
  ): Promise<Pick<Membership, 'stored' | 'storeError'>> => {
    try {
      last = await inTime(metrics.members({ clusterId }), clock)
      return { stored: last }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return { stored: last, storeError: error }
    }
  }

  const readView = async (): Promise<ClusterView> => {
    const view = await etcd.view({ maxAge, wait: SOON })
    const isRecent = view.probedAt !== undefined && clock.now() - view.probedAt <= RECENT * interval
    return isRecent ? view : etcd.view({ maxAge, wait: PATIENCE - SOON })
  }

  async function read(): Promise<Membership> {
    const asked = seen
    const [view, early] = await Promise.all([readView(), readStored(asked)])
    seen = view.clusterId ?? seen
    const { stored, ...failure } = seen === asked || early.storeError ? early : await readStored(seen)
    return { ...toMembership(view, metrics.isShared ? ofOne(stored, seen) : stored, interval), ...failure }
  }

  return { read, clusterId: async () => seen ?? ((await read()).clusterId || undefined) }
}

/** Of a store that others write to: the one cluster that is meant; none of several while it is not known which. */
function ofOne(stored: readonly StoredMember[], seen: string | undefined): readonly StoredMember[] {
  const clusters = Map.groupBy(stored, ({ member }) => member.clusterId)
  if (seen !== undefined) return clusters.get(seen) ?? []
  return clusters.size > 1 ? [] : stored
}

async function inTime<T>(answer: Promise<T>, clock: Pick<Clock, 'sleep'>): Promise<T> {
  const answered = new AbortController()
  const late = async (): Promise<T> => {
    await clock.sleep(PATIENCE, answered.signal)
    if (answered.signal.aborted) return await answer // an error would be made for each request, with its stack
    throw new AppError('storage_unavailable', `the store did not list its members in ${PATIENCE / 1_000} s`)
  }
  try {
    return await Promise.race([answer, late()])
  } finally {
    answered.abort('answered') // without a reason an error is made, with its stack
  }
}
