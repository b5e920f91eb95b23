import { AppError } from '@etcdmonitor/core/errors'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import { findMetric } from '@etcdmonitor/core/metrics/catalogue'
import { evaluateParts } from '@etcdmonitor/core/metrics/evaluate/evaluate-parts'
import { tickParts } from '@etcdmonitor/core/metrics/slots/tick-parts'
import { type MemberTicks, type MetricsReader, READ_LIMITS } from '@etcdmonitor/core/ports/metrics-store'
import type { Membership } from './membership.ts'

const USAGE = findMetric('etcd_mvcc_db_quota_usage_ratio')
const SPAN = 60_000

/**
 * How full the database of each current member was at its newest tick, as a share of its quota. Absent: not known, or the quota is off; all
 * are while the store does not answer.
 */
export async function readQuotaUsage(
  metrics: Pick<MetricsReader, 'tail'>,
  { current, clusterId }: Membership,
): Promise<ReadonlyMap<MemberId, number>> {
  const members = current.slice(0, READ_LIMITS.members).map(({ id }) => ({ clusterId, memberId: id }))
  if (members.length === 0 || !USAGE) return new Map()
  try {
    const answer = await metrics.tail({ members, sources: USAGE.source, span: SPAN })
    return new Map(answer.flatMap(newestUsage))
  } catch (error) {
    if (error instanceof AppError) return new Map()
    throw error
  }
}

function newestUsage(ticks: MemberTicks): [MemberId, number][] {
  const usage = USAGE && evaluateParts(USAGE, tickParts({ ...ticks, first: 0 }))
  const newest = usage?.findLast((value) => !Number.isNaN(value))
  return newest === undefined ? [] : [[ticks.member.memberId, newest]]
}
