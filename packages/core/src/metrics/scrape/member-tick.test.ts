import { describe, expect, it } from 'vitest'
import type { MemberStatus } from '../../etcd/member.ts'
import type { ScrapeFailure } from '../../ports/etcd-cluster.ts'
import { countValues, type MemberAnswer, type TickContext, toMemberTick } from './member-tick.ts'
import { type MemberPage, parsePage } from './parse-page.ts'

const context: TickContext = { peers: ['2', '3'], intervalSeconds: 30 }
const status: MemberStatus = {
  memberId: '1',
  clusterId: '9',
  serverVersion: '3.6.16',
  dbSizeBytes: 100,
  dbSizeInUseBytes: 60,
  dbSizeQuotaBytes: 2_147_483_648,
  leaderId: '1',
  revision: '5',
  raftTerm: '7',
  raftIndex: '48211',
  raftAppliedIndex: '48210',
  isLearner: false,
  errors: ['etcdserver: something'],
  alarms: [
    { memberId: '1', type: 'NOSPACE' },
    { memberId: '2', type: 'NOSPACE' },
    { memberId: '0', type: 'CORRUPT' },
  ],
}

function pageOf(...lines: string[]): MemberPage {
  const work = parsePage(new TextEncoder().encode(`etcd_server_has_leader 1\n${lines.join('\n')}\n`), '1')
  for (;;) {
    const { done, value } = work.next()
    if (!done) continue
    if ('reason' in value) throw new Error(value.detail)
    return value
  }
}

const answer = (page: MemberPage | ScrapeFailure, given?: MemberStatus): MemberAnswer => ({
  memberId: '1',
  page,
  scrapeSeconds: 0.25,
  bodyBytes: 1_000,
  statusSeconds: 0.01,
  ...(given && { status: given }),
})

/** Values of the series without labels, and those of `source` by its labels. */
const valuesOf = (from: MemberAnswer, given = context) =>
  Object.fromEntries(
    toMemberTick(from, given).tick.scalars.map(({ source, labels, value }) => [
      [source, ...Object.values(labels)].join(' '),
      value,
    ]),
  )

describe('a failed scrape', () => {
  const refused: ScrapeFailure = { reason: 'refused', detail: '' }

  it('stores what is known of the collector alone when Status failed too', () => {
    expect(valuesOf(answer(refused))).toEqual({
      collector_up: 0,
      scrape_duration_seconds: 0.25,
      scrape_samples: 0,
      scrape_body_bytes: 0,
      scrape_interval_seconds: 30,
      status_up: 0,
      status_duration_seconds: 0.01,
    })
  })

  it('stores what Status gave and its fallbacks, and no explicit zero', () => {
    expect(valuesOf(answer(refused, status))).toMatchObject({
      collector_up: 0,
      status_up: 1,
      raft_term: 7,
      raft_index: 48_211,
      raft_applied_index: 48_210,
      status_errors: 1,
      alarm_nospace: 2,
      alarm_corrupt: 1,
      has_leader: 1,
      is_leader: 1,
      is_learner: 0,
      quota_bytes: 2_147_483_648,
      db_total: 100,
      db_in_use: 60,
    })
    expect(valuesOf(answer(refused, status))).not.toHaveProperty('stream_failures')
  })

  it('knows no leader and no quota that Status does not name', () => {
    const { leaderId, dbSizeQuotaBytes, ...less } = status
    const values = valuesOf(answer(refused, less))
    expect(values).toMatchObject({ has_leader: 0, is_leader: 0 })
    expect(values).not.toHaveProperty('quota_bytes')
  })
})

describe('a good scrape', () => {
  it('prefers the page to Status', () => {
    const page = pageOf('etcd_mvcc_db_total_size_in_bytes 111')
    expect(valuesOf(answer(page, status))).toMatchObject({
      collector_up: 1,
      scrape_samples: 2,
      scrape_body_bytes: 1_000,
      db_total: 111,
      db_in_use: 60,
    })
  })

  it('leaves a gap where the page has a value that cannot be stored', () => {
    const page = pageOf(
      'etcd_mvcc_db_total_size_in_bytes NaN',
      'etcd_network_server_stream_failures_total NaN',
    )
    const values = valuesOf(answer(page, status))
    expect(values).not.toHaveProperty('db_total')
    expect(values).not.toHaveProperty('stream_failures')
  })

  it('stores explicit zeros before a first event, one for each other member where peers are kept', () => {
    const page = pageOf('etcd_network_active_peers{Remote="3"} 1', 'etcd_network_snapshot_send_failures 2')
    expect(valuesOf(answer(page))).toMatchObject({
      'active_peers 2': 0,
      'active_peers 3': 1,
      'peer_sent_failures 2': 0,
      'peer_sent_failures 3': 0,
      'disconnected_peers 2': 0,
      stream_failures: 0,
      snapshot_send_failures: 2,
      snapshot_receive_success: 0,
    })
  })

  it('stores that a cluster of one member has no peers and no failures between them', () => {
    const values = valuesOf(answer(pageOf()), { ...context, peers: [] })
    expect(Object.fromEntries(Object.entries(values).filter(([name]) => name.includes('peer')))).toEqual({
      'active_peers 0': 0,
      'peer_sent_failures 0': 0,
      'peer_received_failures 0': 0,
      'disconnected_peers 0': 0,
    })
    const failed = valuesOf(
      { ...answer(pageOf()), page: { reason: 'timeout', detail: '' } },
      { ...context, peers: [] },
    )
    expect(failed).not.toHaveProperty('active_peers 0')
  })

  it('stores the lease count and the clock error when they are known', () => {
    const known = { ...context, leaseCount: 4, clockErrorSeconds: -1.5 }
    expect(valuesOf(answer(pageOf()), known)).toMatchObject({
      lease_count: 4,
      scrape_clock_error_seconds: -1.5,
    })
    expect(valuesOf(answer(pageOf()))).not.toHaveProperty('lease_count')
  })

  it('has at most one sample per series', () => {
    const page = pageOf('etcd_network_active_peers{Remote="2"} 1', 'etcd_server_is_leader 1')
    const { scalars } = toMemberTick(answer(page, status), context).tick
    const keys = scalars.map(({ source, labels }) => `${source} ${JSON.stringify(labels)}`)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('stores at most 2,000 values and counts those beyond', () => {
    const bounds = Array.from({ length: 64 }, (_, i) => i + 1)
    const lines = Array.from({ length: 40 }, (_, peer) => {
      const family = 'etcd_network_peer_round_trip_time_seconds'
      const to = `To="${(peer + 1).toString(16)}"`
      return [
        ...bounds.map((bound) => `${family}_bucket{${to},le="${bound}"} 1`),
        `${family}_bucket{${to},le="+Inf"} 1\n${family}_sum{${to}} 1`,
      ].join('\n')
    })
    const { tick, drops } = toMemberTick(answer(pageOf(...lines), status), context)
    expect(countValues(tick)).toBeLessThanOrEqual(2_000)
    expect(tick.histograms.length).toBe(Math.floor((2_000 - tick.scalars.length) / 66))
    expect(drops).toEqual({ series_limit: (40 - tick.histograms.length) * 66 })
    expect(tick.scalars).toContainEqual({ source: 'collector_up', labels: {}, value: 1 })
  })
})
