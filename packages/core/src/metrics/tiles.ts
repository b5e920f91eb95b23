import type { MetricUnit } from './catalogue.ts'

/** A unit, a whole number with all its digits, or a rate with two decimals. */
export type TileForm = MetricUnit | 'whole' | 'hundredths'

/** One number of the top of Monitor (metrics.md 5.4 and 5.5). */
export interface Tile {
  readonly id: string
  readonly title: string
  /** Null: it is told of the member list, not of samples. */
  readonly metric: string | null
  readonly form: TileForm
  /** Metric whose thresholds colour it; null: nothing does. */
  readonly judgedBy: string | null
  /** Of several members: the largest value, the least, or the leader's. */
  readonly pick: 'largest' | 'least' | 'leader'
  /** Panel that has its history; null: none has. */
  readonly panel: string | null
  /** Shown by default. */
  readonly visible: boolean
}

/** At most so many cards are visible. */
export const MAX_CARDS = 7

type Row = Pick<Tile, 'id' | 'title' | 'form'> & Partial<Tile>

const toTile = (row: Row): Tile => ({
  metric: null,
  judgedBy: null,
  pick: 'largest',
  panel: null,
  visible: true,
  ...row,
})

/** In page order. */
export const BANNER: readonly Tile[] = [
  { id: 'bannerVersion', title: 'Version', form: 'count' as const },
  {
    id: 'bannerCPU',
    title: 'CPU Usage',
    metric: 'process_cpu_usage_percent',
    form: 'percent' as const,
    panel: 'chartCPU',
  },
  {
    id: 'bannerMemory',
    title: 'Memory',
    metric: 'process_resident_memory_bytes',
    form: 'bytes' as const,
    panel: 'chartMemory',
  },
  {
    id: 'bannerDBSize',
    title: 'DB Size',
    metric: 'etcd_mvcc_db_total_size_in_bytes',
    form: 'bytes' as const,
    judgedBy: 'etcd_mvcc_db_quota_usage_ratio',
    panel: 'chartDBSize',
  },
  {
    id: 'bannerKV',
    title: 'KV Total',
    metric: 'etcd_mvcc_keys_total',
    form: 'whole' as const,
    pick: 'leader' as const,
  },
  {
    id: 'bannerLease',
    title: 'Lease Total',
    metric: 'etcd_lease_count',
    form: 'whole' as const,
    pick: 'leader' as const,
  },
  {
    id: 'bannerCommit',
    title: 'Backend Commit P99',
    metric: 'etcd_disk_backend_commit_duration_seconds_p99',
    form: 'seconds' as const,
    judgedBy: 'etcd_disk_backend_commit_duration_seconds_p99',
    panel: 'chartBackendCommit',
  },
].map(toTile)

/** In the default order. */
export const CARDS: readonly Tile[] = [
  {
    id: 'cardLeader',
    title: 'Leader Status',
    metric: 'etcd_server_has_leader',
    form: 'bool' as const,
    judgedBy: 'etcd_server_has_leader',
    pick: 'least' as const,
    panel: 'chartMemberState',
  },
  {
    id: 'cardLeaderChanges',
    title: 'Leader Changes',
    metric: 'etcd_server_leader_changes_seen_total',
    form: 'whole' as const,
    panel: 'chartLeaderChanges',
  },
  { id: 'cardMemberSize', title: 'Members', form: 'count' as const },
  { id: 'cardRaftTerm', title: 'Raft Term', metric: 'raft_term', form: 'term' as const },
  { id: 'cardRaftIndex', title: 'Raft Index', metric: 'raft_index', form: 'index' as const },
  {
    id: 'cardWAL',
    title: 'WAL Fsync P99',
    metric: 'etcd_disk_wal_fsync_duration_seconds_p99',
    form: 'seconds' as const,
    judgedBy: 'etcd_disk_wal_fsync_duration_seconds_p99',
    panel: 'chartWALFsync',
  },
  {
    id: 'cardFragmentationRatio',
    title: 'Fragmentation Ratio',
    metric: 'etcd_mvcc_db_fragmentation_ratio',
    form: 'ratio' as const,
    judgedBy: 'etcd_mvcc_db_fragmentation_ratio',
    panel: 'chartFragmentationRatio',
  },
  {
    id: 'cardPending',
    title: 'Proposals Pending',
    metric: 'etcd_server_proposals_pending',
    form: 'whole' as const,
    judgedBy: 'etcd_server_proposals_pending',
    panel: 'chartRaftProposals',
    visible: false,
  },
  {
    id: 'cardLag',
    title: 'Commit-Apply Lag',
    metric: 'etcd_server_proposals_commit_apply_lag',
    form: 'whole' as const,
    judgedBy: 'etcd_server_proposals_commit_apply_lag',
    panel: 'chartProposalLag',
    visible: false,
  },
  {
    id: 'cardFailedRate',
    title: 'Proposal Failed Rate',
    metric: 'etcd_server_proposals_failed_rate',
    form: 'hundredths' as const,
    judgedBy: 'etcd_server_proposals_failed_rate',
    panel: 'chartProposalFailedRate',
    visible: false,
  },
  {
    id: 'cardRevision',
    title: 'Current Revision',
    metric: 'etcd_mvcc_current_revision',
    form: 'revision' as const,
    panel: 'chartMVCCCompaction',
    visible: false,
  },
].map(toTile)

/** What the lines below the values tell. */
export const SUB_METRICS = {
  inUse: 'etcd_mvcc_db_total_size_in_use_in_bytes',
  free: 'etcd_mvcc_db_free_bytes',
  isLeader: 'etcd_server_is_leader',
  isLearner: 'etcd_server_is_learner',
} as const

/** Every metric that banner and cards rest on, once. */
export const TILE_METRICS: readonly string[] = [
  ...new Set([
    ...[...BANNER, ...CARDS].flatMap(({ metric, judgedBy }) =>
      [metric, judgedBy].filter((one) => one !== null),
    ),
    ...Object.values(SUB_METRICS),
  ]),
]
