import { AppError } from '@etcdmonitor/core/errors'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import { findMetric } from '@etcdmonitor/core/metrics/catalogue'
import { evaluateParts } from '@etcdmonitor/core/metrics/evaluate/evaluate-parts'
import { tickParts } from '@etcdmonitor/core/metrics/slots/tick-parts'
import { READ_LIMITS } from '@etcdmonitor/core/ports/metrics-store'
import type { ApiDeps } from '../../deps.ts'
import type { ReadFacts } from '../plan/read-facts.ts'

const FSYNC = findMetric('etcd_disk_wal_fsync_duration_seconds_p99')
const SPAN = 600_000

/** The slowest 99th percentile of the WAL's fsync over the last 10 min, seconds; a member without samples is absent. */
export async function readFsyncTimes(
  { metrics }: Pick<ApiDeps, 'metrics'>,
  { view, clusterId }: Pick<ReadFacts, 'view' | 'clusterId'>,
): Promise<ReadonlyMap<MemberId, number>> {
  const members = view.members.slice(0, READ_LIMITS.members).map(({ id }) => ({ clusterId, memberId: id }))
  if (!FSYNC || members.length === 0) return new Map()
  try {
    const answers = await metrics.tail({ members, sources: FSYNC.source, span: SPAN })
    return new Map(
      answers.flatMap((ticks): [MemberId, number][] => {
        const values = [...evaluateParts(FSYNC, tickParts({ ...ticks, first: 0 }))]
        const known = values.filter((value) => !Number.isNaN(value))
        return known.length > 0 ? [[ticks.member.memberId, Math.max(...known)]] : []
      }),
    )
  } catch (error) {
    if (error instanceof AppError) return new Map()
    throw error
  }
}
