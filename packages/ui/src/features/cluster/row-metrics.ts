/** Metrics of the rows that are read from samples, by row. */
export const ROW_METRICS = {
  quota: 'etcd_mvcc_db_quota_usage_ratio',
  applyLag: 'etcd_server_proposals_commit_apply_lag',
  walFsync: 'etcd_disk_wal_fsync_duration_seconds_p99',
  backendCommit: 'etcd_disk_backend_commit_duration_seconds_p99',
  peerRoundTrip: 'etcd_network_peer_round_trip_time_seconds_p99',
  cpu: 'process_cpu_usage_percent',
  memory: 'process_resident_memory_bytes',
  fds: 'process_fd_usage_ratio',
  requests: 'etcd_server_client_requests_total_rate',
} as const

export type MetricRow = keyof typeof ROW_METRICS

export const CURRENT_METRICS: readonly string[] = Object.values(ROW_METRICS)

/** Rows with a small line of the last hour beside the value. */
export const SPARK_ROWS = ['walFsync', 'backendCommit', 'peerRoundTrip'] as const satisfies MetricRow[]

export const SPARK_METRICS: readonly string[] = SPARK_ROWS.map((row) => ROW_METRICS[row])
