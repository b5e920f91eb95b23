import type { MetricUnit, SectionId } from './catalogue.ts'

/**
 * Theme colours by name; `tier` follows the thresholds of the metric by its last value, `sequence` is the next free colour, `member` that
 * of a member (metrics.md 5.1).
 */
export type ColourRole =
  | 'green'
  | 'blue'
  | 'orange'
  | 'red'
  | 'purple'
  | 'cyan'
  | 'pink'
  | 'gray'
  | 'tier'
  | 'sequence'
  | 'member'
/** `bars` one a slot, `step` constant to the next sample, `points` events that are rare: no line between them. */
export type SeriesStyle = 'line' | 'dashed' | 'area' | 'band' | 'bars' | 'step' | 'points'
/** `own`: a scale without an axis. */
export type SeriesAxis = 'left' | 'right' | 'own'

export interface PanelSeries {
  /** `{peer}` or `{method}` stands for the values of that label: one line each. */
  readonly label: string
  /** Name in the catalogue. */
  readonly metric: string
  readonly role: ColourRole
  readonly style: SeriesStyle
  readonly axis: SeriesAxis
  readonly unit: MetricUnit
}

/** One chart. Ids are stable: layouts of accounts name them. */
export interface Panel {
  readonly id: string
  /** Place in the default layout, over all sections. */
  readonly order: number
  readonly title: string
  readonly section: SectionId
  /** Shown by default. */
  readonly visible: boolean
  readonly left: MetricUnit
  readonly right: MetricUnit | null
  /** Fixed ends of the left axis. */
  readonly y: readonly [number, number] | null
  /** One lane of states per series instead of lines over an axis. */
  readonly lanes: boolean
  /** Never empty. */
  readonly series: readonly PanelSeries[]
  /** Metrics whose tiers are drawn as dashed lines; one by label concerns the series that it is the detail of. */
  readonly lines: readonly string[]
  /** Metric of the hours until what is drawn is used up: told in the head. */
  readonly forecast: string | null
}

/** In page order. */
export const SECTIONS: readonly { readonly id: SectionId; readonly title: string }[] = [
  { id: 'raft', title: 'Raft & Server' },
  { id: 'disk', title: 'Disk Performance' },
  { id: 'storage', title: 'MVCC & Storage' },
  { id: 'network', title: 'Network & Peers' },
  { id: 'grpc', title: 'gRPC Requests' },
  { id: 'runtime', title: 'Process & Runtime' },
  { id: 'lease', title: 'Lease Management' },
  { id: 'collection', title: 'Collection' },
]

export interface PanelRow extends Pick<Panel, 'id' | 'order' | 'title' | 'section' | 'left'> {
  readonly right?: MetricUnit
  readonly y?: readonly [number, number]
  readonly lanes?: true
  readonly lines?: readonly string[]
  readonly forecast?: string
  /** Label, metric, role, style, axis if not the left one. */
  readonly series: readonly (readonly [string, string, ColourRole, SeriesStyle, SeriesAxis?])[]
}

/** Panels that are `visible` by default or not, with everything that their rows leave out. */
export const toPanels = (rows: readonly PanelRow[], visible: boolean): Panel[] =>
  rows.map((row) => ({
    right: null,
    y: null,
    lanes: false,
    lines: [],
    forecast: null,
    ...row,
    visible,
    series: row.series.map(([label, metric, role, style, axis = 'left']) => {
      const unit = OTHER_UNITS.get(metric) ?? (axis === 'right' ? row.right : undefined) ?? row.left
      return { label, metric, role, style, axis, unit }
    }),
  }))

/** Units that are not those of the axis: of the scale without one, and of what is counted in a lane. */
const OTHER_UNITS: ReadonlyMap<string, MetricUnit> = new Map([
  ['etcd_mvcc_db_compaction_keys_total_rate', 'per_second'],
  ['etcd_alarm_nospace', 'count'],
  ['etcd_alarm_corrupt', 'count'],
])

/** Those of metrics.md 5.2 that are shown by default, kept short: they are loaded before the first chart. By `order`. */
export const PANELS: readonly Panel[] = toPanels(
  [
    {
      id: 'chartRaftProposals',
      order: 0,
      title: 'Raft Proposals',
      section: 'raft',
      left: 'per_second',
      right: 'count',
      series: [
        ['Committed', 'etcd_server_proposals_committed_total_rate', 'green', 'area'],
        ['Applied', 'etcd_server_proposals_applied_total_rate', 'blue', 'line'],
        ['Failed', 'etcd_server_proposals_failed_rate', 'red', 'line'],
        ['Pending', 'etcd_server_proposals_pending', 'orange', 'band', 'right'],
      ],
    },
    {
      id: 'chartLeaderChanges',
      order: 1,
      title: 'Leader Changes',
      section: 'raft',
      left: 'count',
      series: [['Leader Changes', 'etcd_server_leader_changes_seen_total_increase', 'orange', 'bars']],
    },
    {
      id: 'chartSlowOps',
      order: 2,
      title: 'Slow Operations',
      section: 'raft',
      left: 'count',
      series: [
        ['Slow Apply', 'etcd_server_slow_apply_total_increase', 'red', 'bars'],
        ['Slow Read Index', 'etcd_server_slow_read_indexes_total_increase', 'purple', 'bars'],
      ],
    },
    {
      id: 'chartProposalLag',
      order: 3,
      title: 'Proposal Commit-Apply Lag',
      section: 'raft',
      left: 'count',
      lines: ['etcd_server_proposals_commit_apply_lag'],
      series: [['Commit-Apply Lag', 'etcd_server_proposals_commit_apply_lag', 'orange', 'band']],
    },
    {
      id: 'chartProposalFailedRate',
      order: 4,
      title: 'Proposal Failed Rate',
      section: 'raft',
      left: 'per_second',
      lines: ['etcd_server_proposals_failed_rate'],
      series: [['Failed Rate', 'etcd_server_proposals_failed_rate', 'red', 'area']],
    },
    {
      id: 'chartWALFsync',
      order: 5,
      title: 'WAL Fsync Duration',
      section: 'disk',
      left: 'seconds',
      lines: ['etcd_disk_wal_fsync_duration_seconds_p99'],
      series: [
        ['P50', 'etcd_disk_wal_fsync_duration_seconds_p50', 'green', 'area'],
        ['P90', 'etcd_disk_wal_fsync_duration_seconds_p90', 'orange', 'line'],
        ['P99', 'etcd_disk_wal_fsync_duration_seconds_p99', 'tier', 'line'],
      ],
    },
    {
      id: 'chartBackendCommit',
      order: 6,
      title: 'Backend Commit Duration',
      section: 'disk',
      left: 'seconds',
      lines: ['etcd_disk_backend_commit_duration_seconds_p99'],
      series: [
        ['P50', 'etcd_disk_backend_commit_duration_seconds_p50', 'green', 'area'],
        ['P90', 'etcd_disk_backend_commit_duration_seconds_p90', 'orange', 'line'],
        ['P99', 'etcd_disk_backend_commit_duration_seconds_p99', 'red', 'line'],
      ],
    },
    {
      id: 'chartDBSize',
      order: 7,
      title: 'Database Size',
      section: 'storage',
      left: 'bytes',
      series: [
        ['Total Size', 'etcd_mvcc_db_total_size_in_bytes', 'blue', 'area'],
        ['In Use', 'etcd_mvcc_db_total_size_in_use_in_bytes', 'cyan', 'area'],
      ],
    },
    {
      id: 'chartMVCCOps',
      order: 8,
      title: 'MVCC Operations',
      section: 'storage',
      left: 'per_second',
      series: [
        ['Put', 'etcd_mvcc_put_total_rate', 'green', 'line'],
        ['Delete', 'etcd_mvcc_delete_total_rate', 'red', 'line'],
        ['Txn', 'etcd_mvcc_txn_total_rate', 'blue', 'line'],
        ['Range', 'etcd_mvcc_range_total_rate', 'cyan', 'line'],
      ],
    },
    {
      id: 'chartPeerTraffic',
      order: 9,
      title: 'Peer Network Traffic',
      section: 'network',
      left: 'bytes_per_second',
      right: 'per_second',
      series: [
        ['Sent', 'etcd_network_peer_sent_bytes_total_rate', 'blue', 'line'],
        ['Received', 'etcd_network_peer_received_bytes_total_rate', 'green', 'line'],
        ['Send Failures', 'etcd_network_peer_sent_failures_total_rate', 'red', 'line', 'right'],
        ['Recv Failures', 'etcd_network_peer_received_failures_total_rate', 'orange', 'line', 'right'],
      ],
    },
    {
      id: 'chartPeerRTT',
      order: 10,
      title: 'Peer Round Trip Time',
      section: 'network',
      left: 'seconds',
      lines: ['etcd_network_peer_round_trip_time_seconds_p99_by_peer'],
      series: [
        ['P50', 'etcd_network_peer_round_trip_time_seconds_p50', 'green', 'area'],
        ['P90', 'etcd_network_peer_round_trip_time_seconds_p90', 'orange', 'line'],
        ['P99', 'etcd_network_peer_round_trip_time_seconds_p99', 'red', 'line'],
      ],
    },
    {
      id: 'chartGRPC',
      order: 11,
      title: 'gRPC Request Rate',
      section: 'grpc',
      left: 'per_second',
      series: [
        ['Total', 'grpc_server_handled_total_rate', 'blue', 'line'],
        ['OK', 'grpc_server_handled_ok_total_rate', 'green', 'area'],
        ['Error', 'grpc_server_handled_error_total_rate', 'red', 'line'],
        ['Started', 'grpc_server_started_total_rate', 'purple', 'line'],
      ],
    },
    {
      id: 'chartGRPCTraffic',
      order: 12,
      title: 'gRPC Client Traffic',
      section: 'grpc',
      left: 'bytes_per_second',
      series: [
        ['gRPC Sent', 'etcd_network_client_grpc_sent_bytes_total_rate', 'blue', 'line'],
        ['gRPC Received', 'etcd_network_client_grpc_received_bytes_total_rate', 'green', 'line'],
      ],
    },
    {
      id: 'chartCPU',
      order: 13,
      title: 'CPU Usage',
      section: 'runtime',
      left: 'percent',
      series: [['CPU Usage', 'process_cpu_usage_percent', 'red', 'area']],
    },
    {
      id: 'chartMemory',
      order: 14,
      title: 'Memory',
      section: 'runtime',
      left: 'bytes',
      series: [
        ['Resident Memory', 'process_resident_memory_bytes', 'blue', 'area'],
        ['Heap Alloc', 'go_memstats_alloc_bytes', 'cyan', 'line'],
      ],
    },
    {
      id: 'chartGoroutines',
      order: 15,
      title: 'Goroutines',
      section: 'runtime',
      left: 'count',
      series: [['Goroutines', 'go_goroutines', 'orange', 'area']],
    },
    {
      id: 'chartGC',
      order: 16,
      title: 'GC Duration',
      section: 'runtime',
      left: 'seconds',
      series: [
        ['P50', 'go_gc_duration_seconds_q05', 'green', 'area'],
        ['P75', 'go_gc_duration_seconds_q075', 'orange', 'line'],
        ['Max', 'go_gc_duration_seconds_q1', 'red', 'line'],
      ],
    },
    {
      id: 'chartFDs',
      order: 17,
      title: 'File Descriptors',
      section: 'runtime',
      left: 'count',
      series: [['Open FDs', 'process_open_fds', 'purple', 'area']],
    },
    {
      id: 'chartMemSys',
      order: 18,
      title: 'Memory Sys',
      section: 'runtime',
      left: 'bytes',
      series: [['Sys Memory', 'go_memstats_sys_bytes', 'purple', 'area']],
    },
    {
      id: 'chartMVCCCompaction',
      order: 22,
      title: 'MVCC Revisions & Compaction',
      section: 'storage',
      left: 'revision',
      right: 'seconds',
      series: [
        ['Current Revision', 'etcd_mvcc_current_revision', 'blue', 'area'],
        ['Compact Revision', 'etcd_mvcc_compact_revision', 'cyan', 'line'],
        ['Compaction Keys', 'etcd_mvcc_db_compaction_keys_total_rate', 'green', 'bars', 'own'],
        ['Compaction Pause P99', 'etcd_mvcc_db_compaction_pause_duration_p99', 'red', 'points', 'right'],
        ['Compaction Total P99', 'etcd_mvcc_db_compaction_total_duration_p99', 'orange', 'points', 'right'],
      ],
    },
    {
      id: 'chartFragmentationRatio',
      order: 26,
      title: 'Fragmentation Ratio',
      section: 'storage',
      left: 'ratio',
      y: [0, 1],
      lines: ['etcd_mvcc_db_fragmentation_ratio'],
      series: [['Fragmentation', 'etcd_mvcc_db_fragmentation_ratio', 'blue', 'area']],
    },
  ],
  true,
)

/** What follows another panel than `order` says, in the default layout (metrics.md 5.2): `[panel, the one before it]`. */
const FOLLOWS: ReadonlyMap<string, string> = new Map([['chartFragmentationRatio', 'chartDBSize']])

/** Those of `panels` that are of a section, as the default layout has them. */
export function sectionPanels(section: SectionId, panels: readonly Panel[]): Panel[] {
  const own = panels.filter((panel) => panel.section === section)
  const placeOf = ({ id, order }: Panel): number => {
    const before = own.find((panel) => panel.id === FOLLOWS.get(id))
    return before ? before.order + 0.5 : order
  }
  return own.sort((one, other) => placeOf(one) - placeOf(other))
}

/** Lines of `chartDBSize` at shares of the last quota of the window; none when the quota is <= 0 or unknown (metrics.md 5.2). */
export const QUOTA_LINES = {
  panel: 'chartDBSize',
  metric: 'etcd_server_quota_backend_bytes',
  at: [
    { share: 0.75, tier: 'notice', label: 'warning' },
    { share: 0.9, tier: 'critical', label: 'critical' },
  ],
} as const

/** Lines at fixed values of a metric that has no thresholds, on the axis of its series (metrics.md 5.2). */
export const FIXED_LINES = {
  panel: 'chartMVCCCompaction',
  metric: 'etcd_mvcc_db_compaction_pause_duration_p99',
  at: [
    { value: 0.1, tier: 'notice', label: 'warning' },
    { value: 0.5, tier: 'critical', label: 'critical' },
  ],
} as const

/** Of a forecast, hours: it will never be used up (metrics.md 3.8). */
export const NOT_GROWING_HOURS = 8_760
