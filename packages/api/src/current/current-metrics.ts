import { AppError } from '@etcdmonitor/core/errors'
import type { MemberRef } from '@etcdmonitor/core/ports/metrics-store'
import type { Clock } from '@etcdmonitor/core/time'
import { createShortBreath } from '../range/breath.ts'
import { createSharedWork } from '../range/shared-work.ts'
import { type CurrentMetrics, type CurrentStore, computeCurrent, readLeadingNow } from './compute-current.ts'

/** Members whose values are kept; the one that was asked for longest ago goes. */
const MAX_KEPT = 256

export interface CurrentReader {
  /**
   * All that the member has now, beside the other members of its cluster; computed once per append. While the store does not answer, what it
   * said last.
   * @throws AppError `storage_unavailable` when it never did
   */
  read(member: MemberRef, others: readonly MemberRef[], signal: AbortSignal): Promise<CurrentMetrics>
}

/** Of the members of one answer. With a breath each, 64 of them would run in turn before anybody else does. */
type Shared = Parameters<typeof computeCurrent>[2]

export function createCurrentReader(
  store: CurrentStore,
  clock: Pick<Clock, 'monotonic' | 'turn'>,
): CurrentReader {
  const kept = new Map<string, { readonly watermark: string; readonly values: CurrentMetrics }>() // in order of use
  const reading = createSharedWork<CurrentMetrics>()
  const shared = createSharedWork<Shared>()

  const keep = (key: string, watermark: string, values: CurrentMetrics): CurrentMetrics => {
    kept.delete(key)
    kept.set(key, { watermark, values })
    const [oldest] = kept.keys()
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
    return values
  }

  const compute = async (
    member: MemberRef,
    peers: readonly MemberRef[],
    watermark: string,
    job: AbortSignal,
  ) => {
    const own = await shared.join(`${JSON.stringify(peers)} ${watermark}`, job, async () => ({
      leading: await readLeadingNow(store, peers),
      breathe: createShortBreath(clock, new AbortController().signal),
    }))
    return computeCurrent(store, member, own)
  }

  return {
    async read(member, others, signal) {
      const key = toKey(member)
      const peers = others.some((other) => toKey(other) === key) ? others : [member, ...others]
      try {
        const watermark = await store.watermark(peers)
        const known = kept.get(key)
        const isKnown = known?.watermark === watermark
        const values = isKnown
          ? known.values
          : await reading.join(`${key} ${watermark}`, signal, (job) => compute(member, peers, watermark, job))
        return keep(key, watermark, values)
      } catch (error) {
        const known = kept.get(key)
        if (known && error instanceof AppError && error.code === 'storage_unavailable') return known.values
        throw error
      }
    },
  }
}

const toKey = ({ clusterId, memberId }: MemberRef): string => `${clusterId} ${memberId}`
