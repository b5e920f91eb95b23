import type { Aggregate, MetricUnit, SectionId } from './catalogue.ts'

/** Theme colours by name; `tier` follows the thresholds of the metric by its last value (metrics.md 5.1). */
export type ColourRole =
  | 'green'
  | 'blue'
  | 'orange'
  | 'red'
  | 'purple'
  | 'cyan'
  | 'pink'
  | 'gray'
  | 'yellow'
  | 'tier'
/** `bars` one a slot, `step` constant to the next sample, `points` events that are rare: no line between them. */
export type SeriesStyle = 'line' | 'dashed' | 'area' | 'band' | 'bars' | 'step' | 'points'
/** `own`: a scale without an axis. */
export type SeriesAxis = 'left' | 'right' | 'own'

export interface PanelSeries {
  readonly label: string
  /** Name in the catalogue. */
  readonly metric: string
  readonly role: ColourRole
  readonly style: SeriesStyle
  readonly axis: SeriesAxis
  readonly agg: Aggregate
}

/** One chart. Ids are stable. Members are those of `panels` in `metrics-data.json`, which they equal. */
export interface Panel {
  readonly order: number
  readonly id: string
  readonly title: string
  readonly section: SectionId
  readonly visible: boolean
  readonly left: MetricUnit
  readonly right: MetricUnit | null
  readonly series: readonly PanelSeries[]
  /** Metrics whose tiers are drawn as dashed lines. */
  readonly lines: readonly string[]
  readonly note: string
  readonly y: null
}

export const SECTIONS: readonly { readonly id: SectionId; readonly title: string }[] = [
  { id: 'raft', title: 'Raft & Server' },
  { id: 'disk', title: 'Disk Performance' },
  { id: 'storage', title: 'MVCC & Storage' },
  { id: 'network', title: 'Network & Peers' },
  { id: 'runtime', title: 'Process & Runtime' },
]

/** In page order of their sections. */
export const PANELS: readonly Panel[] = [
  {
    order: 0,
    id: 'chartRaftProposals',
    title: 'Raft Proposals',
    section: 'raft',
    visible: true,
    left: 'per_second',
    right: 'count',
    series: [
      {
        label: 'Committed',
        metric: 'etcd_server_proposals_committed_total_rate',
        role: 'green',
        style: 'area',
        axis: 'left',
        agg: 'avg',
      },
      {
        label: 'Applied',
        metric: 'etcd_server_proposals_applied_total_rate',
        role: 'blue',
        style: 'line',
        axis: 'left',
        agg: 'avg',
      },
      {
        label: 'Failed',
        metric: 'etcd_server_proposals_failed_rate',
        role: 'red',
        style: 'line',
        axis: 'left',
        agg: 'avg',
      },
      {
        label: 'Pending',
        metric: 'etcd_server_proposals_pending',
        role: 'orange',
        style: 'band',
        axis: 'right',
        agg: 'avg',
      },
    ],
    lines: [],
    note: '',
    y: null,
  },
  {
    order: 5,
    id: 'chartWALFsync',
    title: 'WAL Fsync Duration',
    section: 'disk',
    visible: true,
    left: 'seconds',
    right: null,
    series: [
      {
        label: 'P50',
        metric: 'etcd_disk_wal_fsync_duration_seconds_p50',
        role: 'green',
        style: 'area',
        axis: 'left',
        agg: 'avg',
      },
      {
        label: 'P90',
        metric: 'etcd_disk_wal_fsync_duration_seconds_p90',
        role: 'orange',
        style: 'line',
        axis: 'left',
        agg: 'avg',
      },
      {
        label: 'P99',
        metric: 'etcd_disk_wal_fsync_duration_seconds_p99',
        role: 'tier',
        style: 'line',
        axis: 'left',
        agg: 'avg',
      },
    ],
    lines: ['etcd_disk_wal_fsync_duration_seconds_p99'],
    note: '',
    y: null,
  },
  {
    order: 6,
    id: 'chartBackendCommit',
    title: 'Backend Commit Duration',
    section: 'disk',
    visible: true,
    left: 'seconds',
    right: null,
    series: [
      {
        label: 'P50',
        metric: 'etcd_disk_backend_commit_duration_seconds_p50',
        role: 'green',
        style: 'area',
        axis: 'left',
        agg: 'avg',
      },
      {
        label: 'P90',
        metric: 'etcd_disk_backend_commit_duration_seconds_p90',
        role: 'orange',
        style: 'line',
        axis: 'left',
        agg: 'avg',
      },
      {
        label: 'P99',
        metric: 'etcd_disk_backend_commit_duration_seconds_p99',
        role: 'red',
        style: 'line',
        axis: 'left',
        agg: 'avg',
      },
    ],
    lines: ['etcd_disk_backend_commit_duration_seconds_p99'],
    note: '',
    y: null,
  },
  {
    order: 7,
    id: 'chartDBSize',
    title: 'Database Size',
    section: 'storage',
    visible: true,
    left: 'bytes',
    right: null,
    series: [
      {
        label: 'Total Size',
        metric: 'etcd_mvcc_db_total_size_in_bytes',
        role: 'blue',
        style: 'area',
        axis: 'left',
        agg: 'avg',
      },
      {
        label: 'In Use',
        metric: 'etcd_mvcc_db_total_size_in_use_in_bytes',
        role: 'cyan',
        style: 'area',
        axis: 'left',
        agg: 'avg',
      },
    ],
    lines: [],
    note: 'dashed lines at 75 % (yellow, "warning") and 90 % (red, "critical") of the last `etcd_server_quota_backend_bytes` of the window; none when the quota is <= 0 or unknown',
    y: null,
  },
  {
    order: 8,
    id: 'chartMVCCOps',
    title: 'MVCC Operations',
    section: 'storage',
    visible: true,
    left: 'per_second',
    right: null,
    series: [
      {
        label: 'Put',
        metric: 'etcd_mvcc_put_total_rate',
        role: 'green',
        style: 'line',
        axis: 'left',
        agg: 'avg',
      },
      {
        label: 'Delete',
        metric: 'etcd_mvcc_delete_total_rate',
        role: 'red',
        style: 'line',
        axis: 'left',
        agg: 'avg',
      },
      {
        label: 'Txn',
        metric: 'etcd_mvcc_txn_total_rate',
        role: 'blue',
        style: 'line',
        axis: 'left',
        agg: 'avg',
      },
      {
        label: 'Range',
        metric: 'etcd_mvcc_range_total_rate',
        role: 'cyan',
        style: 'line',
        axis: 'left',
        agg: 'avg',
      },
    ],
    lines: [],
    note: '',
    y: null,
  },
  {
    order: 9,
    id: 'chartPeerTraffic',
    title: 'Peer Network Traffic',
    section: 'network',
    visible: true,
    left: 'bytes_per_second',
    right: 'per_second',
    series: [
      {
        label: 'Sent',
        metric: 'etcd_network_peer_sent_bytes_total_rate',
        role: 'blue',
        style: 'line',
        axis: 'left',
        agg: 'avg',
      },
      {
        label: 'Received',
        metric: 'etcd_network_peer_received_bytes_total_rate',
        role: 'green',
        style: 'line',
        axis: 'left',
        agg: 'avg',
      },
      {
        label: 'Send Failures',
        metric: 'etcd_network_peer_sent_failures_total_rate',
        role: 'red',
        style: 'line',
        axis: 'right',
        agg: 'avg',
      },
      {
        label: 'Recv Failures',
        metric: 'etcd_network_peer_received_failures_total_rate',
        role: 'orange',
        style: 'line',
        axis: 'right',
        agg: 'avg',
      },
    ],
    lines: [],
    note: '',
    y: null,
  },
  {
    order: 13,
    id: 'chartCPU',
    title: 'CPU Usage',
    section: 'runtime',
    visible: true,
    left: 'percent',
    right: null,
    series: [
      {
        label: 'CPU Usage',
        metric: 'process_cpu_usage_percent',
        role: 'red',
        style: 'area',
        axis: 'left',
        agg: 'avg',
      },
    ],
    lines: [],
    note: '',
    y: null,
  },
  {
    order: 14,
    id: 'chartMemory',
    title: 'Memory',
    section: 'runtime',
    visible: true,
    left: 'bytes',
    right: null,
    series: [
      {
        label: 'Resident Memory',
        metric: 'process_resident_memory_bytes',
        role: 'blue',
        style: 'area',
        axis: 'left',
        agg: 'avg',
      },
      {
        label: 'Heap Alloc',
        metric: 'go_memstats_alloc_bytes',
        role: 'cyan',
        style: 'line',
        axis: 'left',
        agg: 'avg',
      },
    ],
    lines: [],
    note: '',
    y: null,
  },
]

/** Lines of `chartDBSize` at shares of the last quota of the window; none when the quota is <= 0 or unknown (metrics.md 5.2). */
export const QUOTA_LINES = {
  panel: 'chartDBSize',
  metric: 'etcd_server_quota_backend_bytes',
  at: [
    { share: 0.75, tier: 'notice', label: 'warning' },
    { share: 0.9, tier: 'critical', label: 'critical' },
  ],
} as const
