import type { SourceId } from './sources.ts'

export type MetricUnit =
  | 'bool'
  | 'count'
  | 'per_second'
  | 'bytes'
  | 'bytes_per_second'
  | 'bytes_per_hour'
  | 'seconds'
  | 'ratio'
  | 'percent'
  | 'hours'
  | 'revision'
  | 'index'
  | 'term'
  | 'timestamp'
export type MetricKind = 'gauge' | 'rate' | 'percent' | 'quantile'
export type Aggregate = 'avg' | 'min' | 'max' | 'last'
export type SectionId = 'raft' | 'disk' | 'storage' | 'network' | 'grpc' | 'runtime' | 'lease' | 'collection'

/** One side of a threshold: the value and how long it must hold. `quorum` stands for a number of voters. */
export interface Tier {
  readonly value: number | 'quorum'
  readonly for_s: number
}

/** When a value deserves a colour (metrics.md 6). `op` compares the value with the tier's. */
export interface Threshold {
  readonly scope: 'member' | 'cluster'
  readonly op: '>' | '<' | '=='
  readonly window_s: number
  readonly notice: Tier | null
  readonly warning: Tier | null
  readonly critical: Tier | null
  /** The alerts of etcd's mixin it stands beside, for documentation. */
  readonly mixin: readonly { alert: string; value: number | string; for_s: number; severity: string }[] | null
  readonly condition: string
  readonly why: string
}

/** One name of the API (metrics.md 4). Members are those of `metrics-catalogue.json`, whose entries they equal. */
export interface Metric {
  readonly name: string
  readonly unit: MetricUnit
  readonly kind: MetricKind
  readonly source: readonly SourceId[]
  /** The formula in words, shown to people; `kind`, `source` and `params` are what is computed. */
  readonly derivation: string
  /** `q`: which quantile. `factor`: of the rate. */
  readonly params: { readonly q?: number; readonly factor?: number }
  readonly help: string
  readonly charts: readonly string[]
  /** Aggregate of a slot when none is asked for. */
  readonly agg: Aggregate
  readonly aggs: readonly Aggregate[]
  readonly origin: 'reference' | 'new'
  readonly section: SectionId
  readonly thresholds?: readonly Threshold[]
}

/** What the panels of this version draw, and what their lines and availability strips need. */
export const METRICS: readonly Metric[] = [
  {
    name: 'etcd_server_proposals_pending',
    unit: 'count',
    kind: 'gauge',
    source: ['proposals_pending'],
    derivation: 'gauge(proposals_pending)',
    params: {},
    help: 'Proposals waiting to be committed.',
    charts: ['chartRaftProposals', 'cardPending'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'raft',
    thresholds: [
      {
        scope: 'member',
        op: '>',
        window_s: 0,
        notice: { value: 5, for_s: 120 },
        warning: { value: 100, for_s: 300 },
        critical: null,
        mixin: null,
        condition: '',
        why: 'a queue that does not drain',
      },
    ],
  },
  {
    name: 'etcd_server_proposals_failed_rate',
    unit: 'per_second',
    kind: 'rate',
    source: ['proposals_failed'],
    derivation: 'rate(proposals_failed)',
    params: {},
    help: 'Failed proposals per second.',
    charts: ['chartRaftProposals', 'chartProposalFailedRate', 'cardFailedRate'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'raft',
    thresholds: [
      {
        scope: 'member',
        op: '>',
        window_s: 900,
        notice: { value: 0, for_s: 300 },
        warning: { value: 1, for_s: 900 },
        critical: { value: 5, for_s: 900 },
        mixin: [{ alert: 'etcdHighNumberOfFailedProposals', value: 5, for_s: 900, severity: 'warning' }],
        condition: '',
        why: '',
      },
    ],
  },
  {
    name: 'etcd_server_quota_backend_bytes',
    unit: 'bytes',
    kind: 'gauge',
    source: ['quota_bytes'],
    derivation: 'gauge(quota_bytes)',
    params: {},
    help: 'Backend quota; a value <= 0 means off.',
    charts: ['chartDBSize'],
    agg: 'last',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'storage',
  },
  {
    name: 'etcd_disk_wal_fsync_duration_seconds_p50',
    unit: 'seconds',
    kind: 'quantile',
    source: ['wal_fsync'],
    derivation: 'quantile(0.50, wal_fsync)',
    params: { q: 0.5 },
    help: 'WAL fsync: median of the observations in the slot.',
    charts: ['chartWALFsync'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'disk',
  },
  {
    name: 'etcd_disk_wal_fsync_duration_seconds_p90',
    unit: 'seconds',
    kind: 'quantile',
    source: ['wal_fsync'],
    derivation: 'quantile(0.90, wal_fsync)',
    params: { q: 0.9 },
    help: 'WAL fsync: 90th percentile of the observations in the slot.',
    charts: ['chartWALFsync'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'disk',
  },
  {
    name: 'etcd_disk_wal_fsync_duration_seconds_p99',
    unit: 'seconds',
    kind: 'quantile',
    source: ['wal_fsync'],
    derivation: 'quantile(0.99, wal_fsync)',
    params: { q: 0.99 },
    help: 'WAL fsync: 99th percentile of the observations in the slot.',
    charts: ['chartWALFsync', 'cardWAL'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'disk',
    thresholds: [
      {
        scope: 'member',
        op: '>',
        window_s: 300,
        notice: { value: 0.01, for_s: 600 },
        warning: { value: 0.05, for_s: 600 },
        critical: { value: 0.5, for_s: 600 },
        mixin: [
          { alert: 'etcdHighFsyncDurations', value: 0.5, for_s: 600, severity: 'warning' },
          { alert: 'etcdHighFsyncDurations', value: 1, for_s: 600, severity: 'critical' },
        ],
        condition: '',
        why: 'guidance < 10 ms',
      },
    ],
  },
  {
    name: 'etcd_disk_backend_commit_duration_seconds_p50',
    unit: 'seconds',
    kind: 'quantile',
    source: ['backend_commit'],
    derivation: 'quantile(0.50, backend_commit)',
    params: { q: 0.5 },
    help: 'Backend commit: median of the observations in the slot.',
    charts: ['chartBackendCommit'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'disk',
  },
  {
    name: 'etcd_disk_backend_commit_duration_seconds_p90',
    unit: 'seconds',
    kind: 'quantile',
    source: ['backend_commit'],
    derivation: 'quantile(0.90, backend_commit)',
    params: { q: 0.9 },
    help: 'Backend commit: 90th percentile of the observations in the slot.',
    charts: ['chartBackendCommit'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'disk',
  },
  {
    name: 'etcd_disk_backend_commit_duration_seconds_p99',
    unit: 'seconds',
    kind: 'quantile',
    source: ['backend_commit'],
    derivation: 'quantile(0.99, backend_commit)',
    params: { q: 0.99 },
    help: 'Backend commit: 99th percentile of the observations in the slot.',
    charts: ['chartBackendCommit', 'banner:Backend Commit P99'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'disk',
    thresholds: [
      {
        scope: 'member',
        op: '>',
        window_s: 300,
        notice: { value: 0.025, for_s: 600 },
        warning: { value: 0.08, for_s: 600 },
        critical: { value: 0.25, for_s: 600 },
        mixin: [{ alert: 'etcdHighCommitDurations', value: 0.25, for_s: 600, severity: 'warning' }],
        condition: '',
        why: 'guidance < 25 ms',
      },
    ],
  },
  {
    name: 'etcd_mvcc_db_total_size_in_bytes',
    unit: 'bytes',
    kind: 'gauge',
    source: ['db_total'],
    derivation: 'gauge(db_total)',
    params: {},
    help: 'Allocated size of the database file.',
    charts: ['chartDBSize', 'banner:DB Size'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'storage',
  },
  {
    name: 'etcd_mvcc_db_total_size_in_use_in_bytes',
    unit: 'bytes',
    kind: 'gauge',
    source: ['db_in_use'],
    derivation: 'gauge(db_in_use)',
    params: {},
    help: 'Bytes of the database file in logical use.',
    charts: ['chartDBSize', 'banner:DB Size'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'storage',
  },
  {
    name: 'etcd_mvcc_put_total_rate',
    unit: 'per_second',
    kind: 'rate',
    source: ['put'],
    derivation: 'rate(put)',
    params: {},
    help: 'Puts per second.',
    charts: ['chartMVCCOps'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'storage',
  },
  {
    name: 'etcd_mvcc_delete_total_rate',
    unit: 'per_second',
    kind: 'rate',
    source: ['delete'],
    derivation: 'rate(delete)',
    params: {},
    help: 'Deletes per second.',
    charts: ['chartMVCCOps'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'storage',
  },
  {
    name: 'etcd_mvcc_txn_total_rate',
    unit: 'per_second',
    kind: 'rate',
    source: ['txn'],
    derivation: 'rate(txn)',
    params: {},
    help: 'Transactions per second.',
    charts: ['chartMVCCOps'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'storage',
  },
  {
    name: 'etcd_mvcc_range_total_rate',
    unit: 'per_second',
    kind: 'rate',
    source: ['range'],
    derivation: 'rate(range)',
    params: {},
    help: 'Ranges per second.',
    charts: ['chartMVCCOps'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'storage',
  },
  {
    name: 'etcd_network_peer_sent_bytes_total_rate',
    unit: 'bytes_per_second',
    kind: 'rate',
    source: ['peer_sent_bytes'],
    derivation: 'rate(peer_sent_bytes)',
    params: {},
    help: 'Bytes sent to peers per second, all peers.',
    charts: ['chartPeerTraffic'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'network',
  },
  {
    name: 'etcd_network_peer_received_bytes_total_rate',
    unit: 'bytes_per_second',
    kind: 'rate',
    source: ['peer_received_bytes'],
    derivation: 'rate(peer_received_bytes)',
    params: {},
    help: 'Bytes received from peers per second, all peers.',
    charts: ['chartPeerTraffic'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'network',
  },
  {
    name: 'etcd_network_peer_sent_failures_total_rate',
    unit: 'per_second',
    kind: 'rate',
    source: ['peer_sent_failures'],
    derivation: 'rate(peer_sent_failures)',
    params: {},
    help: 'Failed sends to peers per second, all peers.',
    charts: ['chartPeerTraffic'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'network',
  },
  {
    name: 'etcd_network_peer_received_failures_total_rate',
    unit: 'per_second',
    kind: 'rate',
    source: ['peer_received_failures'],
    derivation: 'rate(peer_received_failures)',
    params: {},
    help: 'Failed receives from peers per second, all peers.',
    charts: ['chartPeerTraffic'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'network',
  },
  {
    name: 'process_cpu_usage_percent',
    unit: 'percent',
    kind: 'percent',
    source: ['cpu_seconds'],
    derivation: '100 * rate(cpu_seconds)',
    params: { factor: 100 },
    help: 'CPU use in percent of one core; may exceed 100.',
    charts: ['chartCPU', 'banner:CPU Usage'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'runtime',
  },
  {
    name: 'process_resident_memory_bytes',
    unit: 'bytes',
    kind: 'gauge',
    source: ['rss_bytes'],
    derivation: 'gauge(rss_bytes)',
    params: {},
    help: 'Resident memory.',
    charts: ['chartMemory', 'banner:Memory'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'runtime',
  },
  {
    name: 'go_memstats_alloc_bytes',
    unit: 'bytes',
    kind: 'gauge',
    source: ['go_alloc_bytes'],
    derivation: 'gauge(go_alloc_bytes)',
    params: {},
    help: 'Heap bytes allocated and in use.',
    charts: ['chartMemory'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'runtime',
  },
  {
    name: 'collector_up',
    unit: 'bool',
    kind: 'gauge',
    source: ['collector_up'],
    derivation: 'gauge(collector_up)',
    params: {},
    help: 'The metrics scrape of this member succeeded.',
    charts: ['chartScrapeHealth'],
    agg: 'min',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'reference',
    section: 'collection',
    thresholds: [
      {
        scope: 'member',
        op: '==',
        window_s: 0,
        notice: { value: 0, for_s: 120 },
        warning: { value: 0, for_s: 1200 },
        critical: null,
        mixin: [{ alert: 'etcdMembersDown', value: 0, for_s: 1200, severity: 'warning' }],
        condition: '',
        why: 'one lost member is not yet a quorum problem',
      },
      {
        scope: 'cluster',
        op: '<',
        window_s: 0,
        notice: null,
        warning: null,
        critical: { value: 'quorum', for_s: 180 },
        mixin: [{ alert: 'etcdInsufficientMembers', value: '(n + 1) / 2', for_s: 180, severity: 'critical' }],
        condition: 'counts voters with collector_up or status_up 1; quorum = floor(voters / 2) + 1',
        why: 'without quorum the cluster accepts no writes',
      },
    ],
  },
  {
    name: 'etcd_server_proposals_committed_total_rate',
    unit: 'per_second',
    kind: 'rate',
    source: ['proposals_committed'],
    derivation: 'rate(proposals_committed)',
    params: {},
    help: 'Entries committed per second.',
    charts: ['chartRaftProposals'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'new',
    section: 'raft',
  },
  {
    name: 'etcd_server_proposals_applied_total_rate',
    unit: 'per_second',
    kind: 'rate',
    source: ['proposals_applied'],
    derivation: 'rate(proposals_applied)',
    params: {},
    help: 'Entries applied per second.',
    charts: ['chartRaftProposals'],
    agg: 'avg',
    aggs: ['avg', 'min', 'max', 'last'],
    origin: 'new',
    section: 'raft',
  },
]

const byName: ReadonlyMap<string, Metric> = new Map(METRICS.map((metric) => [metric.name, metric]))

/** Looked up in a `Map`: any text may be asked for. */
export const findMetric = (name: string): Metric | undefined => byName.get(name)
