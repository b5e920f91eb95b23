import { expect, it } from 'vitest'
import { findMetric } from '../metrics/catalogue.ts'
import { clusterHealth, type HealthFacts, isFresh } from './cluster-health.ts'
import type { ClusterView, MemberView } from './cluster-view.ts'
import type { EtcdFailure } from './failure.ts'
import type { MemberStatus } from './member.ts'
import { memberErrors, memberHealth } from './member-health.ts'

const NOW = 1_790_000_000_000
const facts: HealthFacts = {
  interval: 30_000,
  newestTickAt: NOW - 3_000,
  lastGoodAt: new Map(),
  quotaUsage: new Map(),
  mixed: [],
  blocked: new Map(),
  isTlsUnverified: false,
}

const status = (over: Partial<MemberStatus> = {}): MemberStatus => ({
  memberId: '1',
  clusterId: '9',
  serverVersion: '3.5.9',
  dbSizeBytes: 1,
  dbSizeInUseBytes: 1,
  leaderId: '1',
  revision: '1',
  raftTerm: '2',
  raftIndex: '3',
  raftAppliedIndex: '3',
  isLearner: false,
  errors: [],
  alarms: [],
  ...over,
})

const failed = (over: Partial<EtcdFailure> = {}): EtcdFailure => ({
  kind: 'refused',
  stage: 'tcp',
  endpoint: 'http://10.0.0.1:2379',
  method: 'Status',
  grpcStatus: 'UNAVAILABLE',
  sent: false,
  message: 'connection refused',
  ...over,
})

const member = (id: string, over: Partial<MemberView> = {}): MemberView => ({
  id,
  name: `m${id}`,
  clientUrls: [],
  peerUrls: [],
  isLearner: false,
  endpoint: '',
  configuredIndex: -1,
  probedAt: NOW,
  status: status(),
  ...over,
})
const down = (id: string, over: Partial<MemberView> = {}) => member(id, { failure: failed(), ...over })

const view = (members: readonly MemberView[], over: Partial<ClusterView> = {}): ClusterView => ({
  clusterId: '9',
  members,
  endpoints: [],
  listedAt: NOW,
  probedAt: NOW - 1_000,
  stale: false,
  ...over,
})

const judged = (members: readonly MemberView[], over: Partial<HealthFacts> = {}) => {
  const { state, reasons } = clusterHealth(view(members), { ...facts, ...over }, NOW)
  return [state, ...reasons.map(({ code, memberId }) => (memberId ? `${code} ${memberId}` : code))]
}

it.each<[string, readonly MemberView[], readonly string[]]>([
  ['three healthy members', [member('1'), member('2'), member('3')], ['healthy']],
  [
    'one of three down',
    [member('1'), member('2'), down('3')],
    ['degraded', 'quorum_at_risk', 'member_unreachable 3'],
  ],
  [
    'one of five down',
    [member('1'), member('2'), member('3'), member('4'), down('5')],
    ['degraded', 'member_unreachable 5'],
  ],
  [
    'two of three down',
    [member('1'), down('2'), down('3')],
    ['critical', 'no_leader', 'member_unreachable 2', 'member_unreachable 3'],
  ],
  ['all of one down', [down('1')], ['critical', 'no_leader', 'member_unreachable 1']],
  [
    'a learner, which is no voter, down',
    [member('1'), down('2', { isLearner: true })],
    ['degraded', 'member_unreachable 2'],
  ],
  ['a learner', [member('1'), member('2', { isLearner: true })], ['healthy']],
  [
    'members that know no leader',
    ['1', '2', '3'].map((id) => {
      const { leaderId: _, ...rest } = status()
      return member(id, { status: rest })
    }),
    ['critical', 'no_leader', 'member_unhealthy 1', 'member_unhealthy 2', 'member_unhealthy 3'],
  ],
  [
    'an alarm that every member shows',
    ['1', '2'].map((id) => member(id, { status: status({ alarms: [{ memberId: '2', type: 'NOSPACE' }] }) })),
    ['critical', 'alarm_nospace 2', 'member_unhealthy 2'],
  ],
  [
    'corruption of a member that etcd does not name',
    [member('1', { status: status({ alarms: [{ memberId: '0', type: 'CORRUPT' }] }) })],
    ['critical', 'alarm_corrupt'],
  ],
  [
    'an alarm that only a silent member showed',
    [
      member('1'),
      member('2'),
      down('3', { status: status({ alarms: [{ memberId: '3', type: 'NOSPACE' }] }) }),
    ],
    ['degraded', 'quorum_at_risk', 'member_unreachable 3'],
  ],
  [
    'members that refuse our user: alive, a leader is not denied',
    ['1', '2', '3'].map((id) => down(id, { failure: failed({ kind: 'auth_failed', stage: 'auth' }) })),
    ['degraded', 'member_unhealthy 1', 'member_unhealthy 2', 'member_unhealthy 3'],
  ],
  [
    'two server versions',
    [member('1'), member('2', { status: status({ serverVersion: '3.6.1' }) })],
    ['degraded', 'version_skew'],
  ],
])('judges %s', (_, members, expected) => {
  expect(judged(members)).toEqual(expected)
})

it('knows nothing without a view, and says so before anything else', () => {
  expect(judged([])).toEqual(['unknown', 'no_view'])
  const old = view([member('1')], { probedAt: NOW - 90_001 })
  expect(clusterHealth(old, facts, NOW).state).toBe('unknown')
  expect(clusterHealth(view([member('1')], { probedAt: NOW - 90_000 }), facts, NOW).state).toBe('healthy')
})

it('is degraded by a silent collector and by certificates that nobody checks', () => {
  expect(judged([member('1')], { newestTickAt: NOW - 90_001, isTlsUnverified: true })).toEqual([
    'degraded',
    'collector_stale',
    'tls_unverified',
  ])
  const { newestTickAt: _, ...nothingStored } = facts
  expect(clusterHealth(view([member('1')]), nothingStored, NOW).reasons).toEqual([
    { code: 'collector_stale', message: 'the collector has stored nothing yet' },
  ])
})

it('is degraded by an audit log that is 80 % full', () => {
  const rowsOf = (rows: number) => ({ audit: { rows, maxRows: 10_000 } })
  expect(judged([member('1')], rowsOf(7_999))).toEqual(['healthy'])
  expect(judged([member('1')], rowsOf(8_000))).toEqual(['degraded', 'audit_nearly_full'])
})

it('tells of a collector whose ticks lie ahead of the clock: what it stores next would not be newer', () => {
  const ahead = (ms: number) =>
    clusterHealth(view([member('1')]), { ...facts, newestTickAt: NOW + ms }, NOW).reasons
  expect(ahead(90_000)).toEqual([])
  expect(ahead(3_600_000)).toEqual([
    {
      code: 'collector_stale',
      message:
        "the newest tick lies 3600 s ahead of this clock: compare the clocks of the collector's host and this one",
    },
  ])
})

it('takes clocks for equal that are less than a minute apart, however short the interval', () => {
  expect(isFresh(NOW + 60_000, 1_000, NOW)).toBe(true)
  expect(isFresh(NOW + 60_001, 1_000, NOW)).toBe(false)
  expect(isFresh(NOW + 90_000, 30_000, NOW)).toBe(true)
})

it('does not blame the collector while there is no member that it could ask', () => {
  const { newestTickAt: _, ...nothingStored } = facts
  for (const known of [nothingStored, { ...facts, newestTickAt: NOW - 90_001 }])
    expect(clusterHealth(view([]), known, NOW).reasons).toEqual([
      { code: 'no_view', message: 'no member was ever seen' },
    ])
})

it('says for how long a member has been silent', () => {
  const { reasons } = clusterHealth(
    view([down('1')]),
    { ...facts, lastGoodAt: new Map([['1', NOW - 42_000]]) },
    NOW,
  )
  expect(reasons.at(-1)?.message).toBe('m1 did not answer for 42 s')
})

it('gives at most twenty reasons', () => {
  const many = Array.from({ length: 30 }, (_, i) => down(String(i + 1)))
  expect(clusterHealth(view(many), facts, NOW).reasons).toHaveLength(20)
})

it.each([
  ['healthy', member('1')],
  ['learner', member('1', { isLearner: true })],
  ['unhealthy', member('1', { status: status({ errors: ['disk is slow'] }) })],
  ['unhealthy', member('1', { status: status({ alarms: [{ memberId: '1', type: 'NOSPACE' }] }) })],
  ['healthy', member('1', { status: status({ alarms: [{ memberId: '2', type: 'NOSPACE' }] }) })],
  ['unreachable', down('1')],
  ['unreachable', down('1', { failure: failed({ kind: 'deadline', stage: 'ready' }) })],
  ['unreachable', down('1', { failure: failed({ kind: 'wrong_member', stage: 'ready' }) })],
  ['unhealthy', down('1', { failure: failed({ kind: 'permission_denied', stage: 'auth' }) })],
] as const)('calls a member %s', (health, one) => {
  expect(memberHealth(one)).toBe(health)
})

it('calls a member that was never probed unreachable', () => {
  const { status: _, ...unknown } = member('1')
  expect(memberHealth(unknown)).toBe('unreachable')
})

it('names the stage of a failed probe before what the member said last, bounded', () => {
  const silent = down('1', { status: status({ errors: Array.from({ length: 12 }, () => 'x'.repeat(300)) }) })
  expect(memberErrors(silent)).toHaveLength(10)
  expect(memberErrors(silent)[0]).toBe(
    'tcp: connection refused: nothing listens there; in a container 127.0.0.1 is the container itself',
  )
  expect(memberErrors(silent)[1]).toBe('x'.repeat(200))
  expect(
    memberErrors(
      down('1', { failure: failed({ kind: 'blocked_url', stage: 'dns', message: 'not_allowed' }) }),
    ),
  ).toEqual(['blocked_url: not_allowed'])
})

it('F59 names a reset of the data for a day, with both revisions', () => {
  const dataReset = { at: NOW - 3_600_000, before: '48211', after: '3' }
  const judgeAt = (now: number) =>
    clusterHealth(view([member('1')], { probedAt: now }), { ...facts, dataReset, newestTickAt: now }, now)
  expect(judgeAt(NOW)).toEqual({
    state: 'degraded',
    reasons: [
      {
        code: 'data_reset',
        message: 'wiped or restored at 2026-09-21T13:13:20Z: the revision went from 48211 to 3',
      },
    ],
  })
  expect(judgeAt(NOW + 82_799_999).reasons).toHaveLength(1)
  expect(judgeAt(NOW + 82_800_000)).toEqual({ state: 'healthy', reasons: [] })
})

it('F60 says that another cluster writes to the store, and by which members it shows', () => {
  const members = ['1', '2'].map((id) => member(id))
  expect(clusterHealth(view(members), { ...facts, mixed: ['2'] }, NOW)).toEqual({
    state: 'degraded',
    reasons: [
      {
        code: 'mixed_history',
        message: expect.stringMatching(
          /^another cluster with the same ids writes to this store: of \S+ it holds/,
        ),
      },
    ],
  })
})

it('tells each member whose database nears its quota', () => {
  const members = ['1', '2', '3'].map((id) => member(id))
  const quotaUsage = new Map([
    ['1', 0.75],
    ['2', 0.8299],
    ['3', 1.2],
  ])
  expect(clusterHealth(view(members), { ...facts, quotaUsage }, NOW)).toMatchObject({
    state: 'degraded',
    reasons: [
      {
        code: 'quota_high',
        memberId: '2',
        message: expect.stringMatching(/ uses 82 % of its database quota$/),
      },
      { code: 'quota_high', memberId: '3', message: expect.stringMatching(/ uses 120 % of/) },
    ],
  })
})

it('warns of the quota where the threshold of its metric does', () => {
  const [threshold] = findMetric('etcd_mvcc_db_quota_usage_ratio')?.thresholds ?? []
  expect(threshold?.warning?.value).toBe(0.75)
})

it('names the run instead of the silence of a member that it blocks', () => {
  const blocked = new Map([['2', 'm2 is being defragmented']])
  const members = [member('1'), down('2'), down('3')]
  expect(judged(members, { blocked })).toEqual([
    'critical',
    'no_leader',
    'member_unreachable 3',
    'operation_running 2',
  ])
  expect(judged([member('1'), member('2')], { blocked })).toEqual(['degraded', 'operation_running 2'])
})
