import type { MemberStatus } from '../../etcd/member.ts'
import type { ScalarSample } from '../sample.ts'
import type { SourceId } from '../sources.ts'

/** The sources of metrics.md 1.3 that Status gives. 64-bit texts become doubles, exact up to 2^53. */
export function statusSamples(status: MemberStatus): readonly ScalarSample[] {
  const alarms = (type: string) => status.alarms.filter((alarm) => alarm.type === type).length
  const values = {
    raft_term: Number(status.raftTerm),
    raft_index: Number(status.raftIndex),
    raft_applied_index: Number(status.raftAppliedIndex),
    status_errors: status.errors.length,
    alarm_nospace: alarms('NOSPACE'),
    alarm_corrupt: alarms('CORRUPT'),
  } satisfies Partial<Record<SourceId, number>>
  return toScalars(values)
}

/** What stands in for families that are missing, or for the whole page when its scrape failed (metrics.md 1.2, fallback). */
export function statusFallbacks(status: MemberStatus): readonly ScalarSample[] {
  const values = {
    has_leader: status.leaderId === undefined ? 0 : 1,
    is_leader: status.leaderId === status.memberId ? 1 : 0,
    is_learner: status.isLearner ? 1 : 0,
    db_total: status.dbSizeBytes,
    db_in_use: status.dbSizeInUseBytes,
    ...(status.dbSizeQuotaBytes !== undefined && { quota_bytes: status.dbSizeQuotaBytes }),
  } satisfies Partial<Record<SourceId, number>>
  return toScalars(values)
}

/** Series without labels, one per source; values that are not finite are left out. */
export function toScalars(values: Partial<Record<SourceId, number>>): readonly ScalarSample[] {
  const entries = Object.entries(values) as [SourceId, number][] // the keys are source ids alone
  return entries.flatMap(([source, value]) => (Number.isFinite(value) ? { source, labels: {}, value } : []))
}
