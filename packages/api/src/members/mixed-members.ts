import { AppError } from '@etcdmonitor/core/errors'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import { awaitReport, isMixed, type MixWatch, NO_MIX, watchMix } from '@etcdmonitor/core/etcd/mixed-data'
import { type MetricsReader, READ_LIMITS } from '@etcdmonitor/core/ports/metrics-store'
import type { Clock } from '@etcdmonitor/core/time'
import type { KnownMember, Membership } from './membership.ts'

interface MixDeps {
  readonly metrics: Pick<MetricsReader, 'tail' | 'isShared'>
  readonly clock: Pick<Clock, 'now'>
}

interface Known {
  readonly watch: MixWatch
  /** The newest tick that was taken. */
  readonly tickAt: number
}

const SPAN = 60_000
const UNKNOWN: Known = { watch: NO_MIX, tickAt: 0 }

/**
 * Gives a function that looks whether another cluster with the same ids writes to a store that several write to, and gives the members by
 * which it shows (etcd.md 6.5). Asks the store at most once a tick; `interval`: of the collector, ms.
 */
export function createMixWatch({ metrics, clock }: MixDeps, interval: number) {
  let clusterId = ''
  let known = new Map<MemberId, Known>()

  const judge = ({ id, view }: KnownMember): void => {
    const { status, failure, probedAt } = view ?? {}
    if (!status || failure || probedAt === undefined) return
    const { watch, tickAt } = known.get(id) ?? UNKNOWN
    known.set(id, { watch: watchMix(watch, { index: Number(status.raftIndex), probedAt }), tickAt })
  }

  async function readStored(current: readonly KnownMember[]): Promise<void> {
    const due = current.filter(({ id, stored }) => {
      const { watch, tickAt } = known.get(id) ?? UNKNOWN
      const newestAt = stored?.newestAt ?? 0
      return !watch.pending && newestAt > tickAt && clock.now() - newestAt <= 3 * interval
    })
    if (due.length === 0) return
    const members = due.slice(0, READ_LIMITS.members).map(({ id }) => ({ clusterId, memberId: id }))
    for (const { member, times, series } of await metrics.tail({
      members,
      sources: ['raft_index'],
      span: SPAN,
    })) {
      const [one] = series
      const values = one && one.kind !== 'histogram' ? one.values : []
      const last = values.findLastIndex((value) => !Number.isNaN(value))
      const [at, index] = [times[last], values[last]]
      if (at === undefined || index === undefined) continue
      const { watch, tickAt } = known.get(member.memberId) ?? UNKNOWN
      const next = awaitReport(watch, { at, index, readAt: clock.now() }, tickAt)
      known.set(member.memberId, { watch: next, tickAt: Math.max(tickAt, at) })
    }
  }

  return async (membership: Pick<Membership, 'clusterId' | 'current'>): Promise<readonly MemberId[]> => {
    if (!metrics.isShared) return []
    if (membership.clusterId !== clusterId) known = new Map()
    clusterId = membership.clusterId
    const { current } = membership
    for (const member of current) judge(member)
    try {
      await readStored(current)
    } catch (error) {
      if (!(error instanceof AppError)) throw error // the store is away: that is told elsewhere
    }
    return current.flatMap(({ id }) => (isMixed((known.get(id) ?? UNKNOWN).watch) ? [id] : []))
  }
}
