import { counter, gauge, histogram, increase, inSection, rate } from './entries.ts'

/** WAL, backend and snapshot files. */
export const DISK = inSection('disk', [
  histogram('etcd_disk_wal_fsync_duration_seconds', 'wal_fsync', 'WAL fsync', {
    charts: {
      p50: ['chartWALFsync'],
      p90: ['chartWALFsync'],
      p99: ['chartWALFsync', 'cardWAL'],
      mean: ['chartDiskMeans'],
    },
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
  }),
  histogram('etcd_disk_wal_write_duration_seconds', 'wal_write', 'WAL write (etcd 3.5.14+)', {
    origin: 'new',
  }),
  counter('etcd_disk_wal_write_bytes_total', 'wal_write_bytes', 'Bytes written to the WAL.'),
  rate('etcd_disk_wal_write_bytes_total_rate', 'wal_write_bytes', 'Bytes written to the WAL per second.', {
    charts: ['chartDiskMeans'],
    origin: 'new',
  }),
  histogram('etcd_disk_backend_commit_duration_seconds', 'backend_commit', 'Backend commit', {
    charts: {
      p50: ['chartBackendCommit'],
      p90: ['chartBackendCommit'],
      p99: ['chartBackendCommit', 'banner:Backend Commit P99'],
      mean: ['chartDiskMeans'],
    },
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
  }),
  histogram(
    'etcd_disk_commit_rebalance_duration_seconds',
    'commit_rebalance',
    'Backend commit, rebalance phase',
    { charts: { p50: ['chartBackendBreakdown'], p99: ['chartBackendBreakdown'] } },
  ),
  histogram('etcd_disk_commit_spill_duration_seconds', 'commit_spill', 'Backend commit, spill phase', {
    charts: { p50: ['chartBackendBreakdown'], p99: ['chartBackendBreakdown'] },
  }),
  histogram('etcd_disk_commit_write_duration_seconds', 'commit_write', 'Backend commit, write phase', {
    charts: { p50: ['chartBackendBreakdown'], p99: ['chartBackendBreakdown'] },
  }),
  histogram('etcd_disk_backend_defrag_duration_seconds', 'backend_defrag', 'Defragmentation', {
    charts: { p99: ['chartSnapshotDefrag'] },
  }),
  increase(
    'etcd_disk_backend_defrag_duration_seconds_count_increase',
    'backend_defrag',
    'Defragmentations finished in the slot.',
    { origin: 'new' },
  ),
  histogram('etcd_disk_backend_snapshot_duration_seconds', 'backend_snapshot', 'Backend snapshot', {
    charts: { p99: ['chartSnapshotDefrag'] },
  }),
  increase(
    'etcd_disk_backend_snapshot_duration_seconds_count_increase',
    'backend_snapshot',
    'Backend snapshots finished in the slot.',
    { origin: 'new' },
  ),
  gauge('etcd_disk_defrag_inflight', 'defrag_inflight', 'A defragmentation is running on this member.', {
    agg: 'max',
    charts: ['chartMemberState'],
    origin: 'new',
  }),
  histogram('etcd_snap_fsync_duration_seconds', 'snap_fsync', 'Fsync of a raft snapshot file', {
    origin: 'new',
  }),
  histogram('etcd_snap_db_fsync_duration_seconds', 'snap_db_fsync', 'Fsync of a received database snapshot', {
    charts: { p99: ['chartSnapshotDefrag'] },
  }),
  histogram(
    'etcd_snap_db_save_total_duration_seconds',
    'snap_db_save',
    'Saving a received database snapshot',
    { charts: { p99: ['chartSnapshotDefrag'] } },
  ),
])
