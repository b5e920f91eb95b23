/** From the calm end. */
export const TIERS = ['notice', 'warning', 'critical'] as const
export type Tier = (typeof TIERS)[number]

/**
 * When a value deserves a colour (metrics.md 6): `op` compares the value with the tier's, null = no such tier. How long it must last, and
 * why, is in the catalogue: colours do not ask for it.
 */
export interface MetricThreshold extends Readonly<Record<Tier, number | null>> {
  readonly metric: string
  readonly scope: 'member' | 'peer' | 'method' | 'cluster'
  readonly op: '>' | '>=' | '<' | '=='
}

/** A colour drawn from fewer observations would say more than is known. */
const ENOUGH_OBSERVATIONS = 20

/** One a metric; those whose value is no number (a quorum, a deadline) colour nothing. */
export const THRESHOLDS: readonly MetricThreshold[] = (
  [
    ['collector_up', 'member', '==', 0, 0, null],
    ['status_up', 'member', '==', 0, null, null],
    ['etcd_server_has_leader', 'member', '==', 0, 0, 0],
    ['etcd_server_leader_changes_seen_total_increase', 'cluster', '>=', 1, 3, 6],
    ['etcd_server_proposals_failed_rate', 'member', '>', 0, 1, 5],
    ['etcd_server_proposals_pending', 'member', '>', 5, 100, null],
    ['etcd_server_proposals_commit_apply_lag', 'member', '>', 50, 1000, 5000],
    ['raft_follower_lag', 'member', '>', 1000, 5000, null],
    ['etcd_server_slow_apply_total_increase', 'member', '>', 0, 10, null],
    ['etcd_server_heartbeat_send_failures_total_increase', 'member', '>', 0, 10, null],
    ['etcd_server_apply_duration_seconds_p99', 'member', '>', 0.05, 0.1, null],
    ['etcd_disk_wal_fsync_duration_seconds_p99', 'member', '>', 0.01, 0.05, 0.5],
    ['etcd_disk_backend_commit_duration_seconds_p99', 'member', '>', 0.025, 0.08, 0.25],
    ['etcd_mvcc_db_quota_usage_ratio', 'member', '>', 0.65, 0.75, 0.9],
    ['etcd_mvcc_db_hours_to_quota', 'member', '<', 72, 24, 4],
    ['etcd_mvcc_db_fragmentation_ratio', 'member', '>', 0.3, 0.4, 0.6],
    ['etcd_network_peer_round_trip_time_seconds_p99_by_peer', 'peer', '>', 0.1, 0.15, 0.5],
    ['etcd_network_peer_sent_failures_total_rate_by_peer', 'peer', '>', 0.01, 0.01, null],
    ['grpc_server_failed_ratio_by_method', 'method', '>', null, 0.01, 0.05],
    ['grpc_server_handling_seconds_p99', 'member', '>', 0.05, 0.1, 0.15],
    ['process_fd_usage_ratio', 'member', '>', 0.7, 0.8, 0.95],
    ['process_cpu_saturation_ratio', 'member', '>', 0.8, 0.95, null],
    ['etcd_alarm_nospace', 'member', '>', null, null, 0],
    ['etcd_alarm_corrupt', 'member', '>', null, null, 0],
    ['etcd_server_is_learner', 'member', '==', 1, 1, null],
    ['process_restarts', 'member', '>=', 1, 3, null],
  ] as const
).map(([metric, scope, op, notice, warning, critical]) => ({ metric, scope, op, notice, warning, critical }))

const byMetric: ReadonlyMap<string, MetricThreshold> = new Map(THRESHOLDS.map((one) => [one.metric, one]))

export const findThreshold = (metric: string): MetricThreshold | undefined => byMetric.get(metric)

/**
 * The tier that `value` of `metric` has reached, `ok` below all. Undefined: no value, no thresholds, or a quantile or mean that rests on
 * too few `observations`.
 */
export function judgeValue(
  metric: string,
  value: number | null | undefined,
  observations?: number,
): Tier | 'ok' | undefined {
  const threshold = findThreshold(metric)
  if (!threshold || value === null || value === undefined) return undefined
  if (observations !== undefined && observations < ENOUGH_OBSERVATIONS) return undefined
  return TIERS.findLast((tier) => isBeyond(threshold.op, threshold[tier], value)) ?? 'ok'
}

function isBeyond(op: MetricThreshold['op'], limit: number | null, value: number): boolean {
  if (limit === null) return false
  switch (op) {
    case '>':
      return value > limit
    case '>=':
      return value >= limit
    case '<':
      return value < limit
    case '==':
      return value === limit
  }
}
