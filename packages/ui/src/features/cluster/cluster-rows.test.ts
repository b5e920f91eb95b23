import { describe, expect, it } from 'vitest'
import { aMember, aStatus } from '../../../test/answers.ts'
import type { CurrentAnswer } from '../../api/answers.ts'
import { en } from '../../i18n/en.ts'
import { enCluster } from '../../i18n/en-cluster.ts'
import { clusterRows, type RowFacts, type RowId } from './cluster-rows.ts'

const members = [
  aMember('10276657743932975437', {
    name: 'etcd-1',
    is_leader: true,
    version: '3.5.21',
    db_size: 3_478_923_509,
    db_size_in_use: 1_836_000_000,
    raft_term: '3',
    raft_index: '53115',
    endpoint: 'https://10.9.0.4:2379',
  }),
  aMember('8', { version: '3.5.21', db_size: 3_500_000_000, raft_term: '3', raft_index: '53115' }),
  aMember('9', {
    version: '3.5.18',
    status: 'unhealthy',
    errors: ['NOSPACE'],
    db_size: 5_000_000_000,
    raft_term: '3',
    raft_index: '52870',
  }),
]

const current = (of: CurrentAnswer['members'] = {}): CurrentAnswer => ({
  timestamp: 10_000,
  members: of,
  unknown_metrics: [],
})
const sampled = (metrics: Record<string, number>, changes = {}) => ({
  sample_time: 9_997,
  age_seconds: 3,
  stale: false,
  metrics,
  observations: {},
  ...changes,
})
const rows = (facts: Partial<RowFacts> = {}) =>
  clusterRows(
    { status: aStatus({ members }), current: current(), hour: undefined, now: 10_000_000, ...facts },
    { ...en, ...enCluster },
  )
const rowOf = (id: RowId, facts?: Partial<RowFacts>) => rows(facts).find((one) => one.id === id)

describe('clusterRows', () => {
  it('has every attribute as a row, a cell for each member', () => {
    const all = rows()
    expect(all.map(({ title }) => title)).toEqual([
      'Status',
      'Version',
      'Member ID',
      'DB size',
      'In use',
      'Quota used',
      'Raft term / index',
      'Commit-apply lag',
      'WAL fsync p99',
      'Backend commit p99',
      'Peer RTT p99',
      'CPU',
      'Memory',
      'File descriptors',
      'Client requests',
      'Last scrape',
      'Address',
    ])
    for (const { cells } of all) expect(cells).toHaveLength(3)
  })

  it('says how each member is, and why', () => {
    expect(rowOf('status')?.cells).toEqual([
      { text: 'healthy', mark: 'ok' },
      { text: 'healthy', mark: 'ok' },
      { text: 'unhealthy', mark: 'warn', note: 'NOSPACE' },
    ])
  })

  it('marks what differs, and says how far apart the members are', () => {
    expect(rowOf('version')).toMatchObject({
      spread: '2 versions',
      cells: [{}, {}, { text: '3.5.18', mark: 'warn' }],
    })
    expect(rowOf('dbSize')).toMatchObject({
      spread: '30 %',
      cells: [{ text: '3.24 GiB' }, {}, { text: '4.66 GiB', mark: 'warn', why: '43 % away from the median' }],
    })
    expect(rowOf('raft')).toMatchObject({
      spread: '245',
      cells: [{ text: '3 / 53115' }, {}, { text: '3 / 52870', mark: 'warn', why: '245 entries behind' }],
    })
    expect(rowOf('inUse')?.cells[0]).toMatchObject({ text: '1.71 GiB', note: '53 %' })
    expect(rowOf('memberId')?.cells[0]).toEqual({ text: '8e9e05c52164694d' })
  })

  it('marks a member that is slower than the others, and a value beyond its threshold', () => {
    const wal = 'etcd_disk_wal_fsync_duration_seconds_p99'
    const quota = 'etcd_mvcc_db_quota_usage_ratio'
    const facts = {
      current: current({
        '10276657743932975437': sampled({ [wal]: 0.0081, [quota]: 0.81 }),
        '8': sampled({ [wal]: 0.0069, [quota]: 0.5 }),
        '9': sampled({ [wal]: 0.0412, [quota]: 0.95 }),
      }),
    }
    expect(rowOf('walFsync', facts)?.cells).toMatchObject([
      { text: '8.10 ms' },
      { text: '6.90 ms' },
      { text: '41.20 ms', mark: 'warn', why: '5.1 times the median' },
    ])
    expect(rowOf('quota', facts)?.cells).toMatchObject([
      { text: '81.00 %', mark: 'warn' },
      { text: '50.00 %' },
      { text: '95.00 %', mark: 'crit' },
    ])
  })

  it('keeps the last values of a member that is not scraped, as old ones, and says since when', () => {
    const facts = {
      current: current({
        '8': sampled({ process_resident_memory_bytes: 1_048_576 }, { sample_time: 9_760, stale: true }),
        '9': sampled({}, { sample_time: null, age_seconds: null, stale: true }),
      }),
    }
    expect(rowOf('memory', facts)?.cells).toMatchObject([
      { text: '-' },
      { text: '1 MiB', isOld: true },
      { text: '-' },
    ])
    expect(rowOf('lastScrape', facts)?.cells).toMatchObject([
      { text: 'never', mark: 'warn' },
      { text: '4 min ago', mark: 'warn' },
      { text: 'never', mark: 'warn' },
    ])
  })

  it('does not take the index of a member that is away for a lag', () => {
    const away = members.map((member, at) =>
      at === 2 ? { ...member, status: 'unreachable' as const } : member,
    )
    expect(rowOf('raft', { status: aStatus({ members: away }) })).toMatchObject({
      spread: '0',
      cells: [{}, {}, { text: '3 / 52870', isOld: true }],
    })
  })
})
