import { BANNER, CARDS, type Tile } from '@etcdmonitor/core/metrics/tiles'
import { describe, expect, it } from 'vitest'
import { aMember } from '../../../test/answers.ts'
import { en } from '../../i18n/en.ts'
import { type TileFacts, tileFace } from './tile-face.ts'

const tile = (id: string): Tile =>
  [...BANNER, ...CARDS].find((one) => one.id === id) ?? expect.unreachable(`no tile ${id}`)
const now = (metrics: Record<string, number>, stale = false) => ({
  sample_time: 9_000,
  age_seconds: 1,
  stale,
  metrics,
  observations: {},
})
const members = [aMember('7', { is_leader: true, version: '3.5.21' }), aMember('8', { version: '3.5.9' })]
const facts = (
  values: Readonly<Record<string, Record<string, number>>>,
  changes: Partial<TileFacts> = {},
): TileFacts => ({
  members,
  current: {
    timestamp: 9_001,
    unknown_metrics: [],
    members: Object.fromEntries(Object.entries(values).map(([id, metrics]) => [id, now(metrics)])),
  },
  member: undefined,
  leaderChanges: undefined,
  leading: undefined,
  ...changes,
})
const say = (id: string, given: TileFacts) => {
  const { value, sub, mark } = tileFace(tile(id), given, en)
  return [value, sub, mark]
}

describe('of all members', () => {
  it('a tile tells the largest value and whose it is', () => {
    const cpu = (value: number) => ({ process_cpu_usage_percent: value })
    expect(say('bannerCPU', facts({ '7': cpu(4), '8': cpu(17) }))).toEqual([
      '17.0 %',
      'etcd-8 · of one core',
      undefined,
    ])
  })

  it('the version is a span when they differ', () => {
    expect(say('bannerVersion', facts({}))).toEqual(['3.5.9 to 3.5.21', '', 'warning'])
    expect(say('bannerVersion', facts({}, { member: '8' }))).toEqual(['3.5.9', '', undefined])
    expect(say('bannerVersion', facts({}, { members: [aMember('7', { version: '' })] }))).toEqual([
      '-',
      'no data',
      undefined,
    ])
  })

  it('the leader is named, or who has none', () => {
    const has = (value: number) => ({ etcd_server_has_leader: value })
    expect(say('cardLeader', facts({ '7': has(1), '8': has(1) }))).toEqual(['etcd-7', '', 'ok'])
    expect(say('cardLeader', facts({ '7': has(1), '8': has(0) }))).toEqual(['NO', 'etcd-8', 'critical'])
    const leading = { length: 11_520_000, bound: 'least' } as const
    expect(say('cardLeader', facts({ '7': has(1), '8': has(1) }, { leading }))).toEqual([
      'etcd-7',
      'for more than 3 h 12 min',
      'ok',
    ])
  })

  it('a leader of old readings is not marked as well', () => {
    const old = now({ etcd_server_has_leader: 1 }, true)
    const all = { timestamp: 9_001, unknown_metrics: [], members: { '7': old, '8': old } }
    expect(say('cardLeader', facts({}, { current: all }))).toEqual(['etcd-7', '', undefined])
  })

  it('terms that differ are a warning, indexes that differ a number', () => {
    const at = (raft_term: number, raft_index: number) => ({ raft_term, raft_index })
    const apart = facts({ '7': at(3, 53_115), '8': at(2, 52_870) })
    expect(say('cardRaftTerm', apart)).toEqual(['3', 'members differ', 'warning'])
    expect(say('cardRaftIndex', apart)).toEqual(['53115', 'spread 245', undefined])
    expect(say('cardRaftTerm', facts({ '7': at(3, 1), '8': at(3, 1) }))).toEqual([
      '3',
      'all members agree',
      undefined,
    ])
  })

  it('voters that answer are counted', () => {
    expect(say('cardMemberSize', facts({}))).toEqual(['2 / 2', '', undefined])
    const down = [...members, aMember('9', { status: 'unreachable' })]
    expect(say('cardMemberSize', facts({}, { members: down }))).toEqual(['2 / 3', '', 'warning'])
  })
})

describe('of one member', () => {
  it('the leader card says what the member is', () => {
    const role = (metrics: Record<string, number>) =>
      say('cardLeader', facts({ '8': { etcd_server_has_leader: 1, ...metrics } }, { member: '8' }))
    expect(role({ etcd_server_is_leader: 1 })).toEqual(['YES', 'this member is the leader', 'ok'])
    expect(role({ etcd_server_is_learner: 1 })).toEqual(['YES', 'learner', 'ok'])
    expect(role({})).toEqual(['YES', 'follower', 'ok'])
    const alone = facts({ '8': { etcd_server_has_leader: 0 } }, { member: '8' })
    expect(say('cardLeader', alone)).toEqual(['NO', '', 'critical'])
  })

  it.each([
    [
      'bannerDBSize',
      {
        etcd_mvcc_db_total_size_in_bytes: 2 ** 31,
        etcd_mvcc_db_total_size_in_use_in_bytes: 2 ** 30,
        etcd_mvcc_db_quota_usage_ratio: 0.8,
      },
      ['2 GiB', 'In use: 1 GiB', 'warning'],
    ],
    ['bannerKV', { etcd_mvcc_keys_total: 1_050_233 }, ['1,050,233', '', undefined]],
    [
      'bannerCommit',
      { etcd_disk_backend_commit_duration_seconds_p99: 0.01537 },
      ['15.37 ms', 'target < 25 ms', undefined],
    ],
    [
      'cardWAL',
      { etcd_disk_wal_fsync_duration_seconds_p99: 0.0081 },
      ['8.10 ms', 'target < 10 ms', undefined],
    ],
    [
      'cardFragmentationRatio',
      { etcd_mvcc_db_fragmentation_ratio: 0.4741, etcd_mvcc_db_free_bytes: 24 * 2 ** 20 },
      ['47.41 %', '24 MiB reclaimable', 'warning'],
    ],
    [
      'cardLeaderChanges',
      { etcd_server_leader_changes_seen_total: 7 },
      ['7', '2 in the shown range', undefined],
    ],
    ['cardFailedRate', { etcd_server_proposals_failed_rate: 0.5 }, ['0.50/s', '', 'notice']],
    ['cardRevision', { etcd_mvcc_current_revision: 1_050_233 }, ['1050233', '', undefined]],
    ['bannerMemory', {}, ['-', 'no data', undefined]],
  ])('%s of %j reads %j', (id, metrics, said) => {
    expect(
      say(id, facts({ '8': metrics as Record<string, number> }, { member: '8', leaderChanges: 2 })),
    ).toEqual(said)
  })
})

it('keeps an old value, and tells since when it is', () => {
  const given = facts({})
  const current = {
    timestamp: 0,
    unknown_metrics: [],
    members: { '8': now({ process_cpu_usage_percent: 4 }, true) },
  }
  expect(tileFace(tile('bannerCPU'), { ...given, current }, en)).toMatchObject({
    value: '4.0 %',
    staleSince: 9_000_000,
  })
})
