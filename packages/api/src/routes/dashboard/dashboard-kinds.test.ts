import type { MemberTick, ScalarSample } from '@etcdmonitor/core/metrics/sample'
import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  ALPHA,
  BETA,
  CLUSTER,
  type DashboardApi,
  type DashboardStore,
  openApp,
  openStore,
} from '../../dashboard-rig.contract.ts'

const TICKS = 41
/** The newest tick: a multiple of 300 s. */
const LAST = 1_789_999_800_000
const STARTED = LAST / 1_000 - 3_600
const scalar = (source: SourceId, value: number, labels: ScalarSample['labels'] = {}): ScalarSample => ({
  source,
  labels,
  value,
})

/** 20 minutes: beta lies 25 entries behind, alpha was restarted before its last tick, both grow by 1000 bytes a tick. */
const tickOf = (memberId: string, i: number): MemberTick => ({
  memberId,
  scalars: [
    scalar('collector_up', 1),
    scalar('status_up', 1),
    scalar('scrape_interval_seconds', 30),
    scalar('raft_index', 5_000 + 10 * i - (memberId === BETA ? 25 : 0)),
    scalar('db_total', 1_000_000 + 1_000 * i),
    scalar('quota_bytes', 2_000_000),
    scalar('start_time', memberId === ALPHA && i === TICKS - 1 ? LAST / 1_000 - 5 : STARTED),
    scalar('cpu_seconds', memberId === ALPHA && i === TICKS - 1 ? 0.1 : i),
    scalar('active_peers', i % 2, { peer: '5' }),
    scalar('active_peers', (i + 1) % 2, { peer: '6' }),
    scalar('peer_sent_bytes', 300 * i, { peer: '5' }),
    scalar('peer_sent_bytes', 600 * i, { peer: '16' }),
    scalar('peer_sent_bytes', 900 * i, { peer: '0' }),
    scalar('grpc_handled', 30 * i, { method: 'Range', class: 'ok' }),
    scalar('grpc_handled', 45 * i, { method: 'Put', class: 'ok' }),
    scalar('grpc_handled', 5 * i, { method: 'Put', class: 'failed' }),
  ],
  histograms: [],
})

let store: DashboardStore
let api: DashboardApi
beforeAll(async () => {
  store = await openStore()
  for (let i = 0; i < TICKS; i++)
    await store.writer.append({
      clusterId: CLUSTER,
      at: LAST - (TICKS - 1 - i) * 30_000,
      members: [tickOf(ALPHA, i), tickOf(BETA, i)],
    })
})
beforeEach(async () => {
  api = await openApp({ metrics: store.reader })
})
afterAll(() => store[Symbol.asyncDispose]())

const start = LAST / 1_000 - 300
/** Columns of the last ten ticks as one slot of 300 s that ends with the last but one, and one that begins with the last. */
const range = async (metrics: string, rest = `start=${start}&end=${LAST / 1_000 + 300}&step=300`) =>
  (await api.get(`/api/range?format=columns&metrics=${encodeURIComponent(metrics)}&${rest}`)).body
const current = async (metrics: string, member = ALPHA) =>
  (await api.get(`/api/current?member_id=${member}&metrics=${encodeURIComponent(metrics)}`)).body

describe('follower lag', () => {
  it('compares the members at each tick, in history and now', async () => {
    const { series } = await range(
      'raft_follower_lag',
      `member_id=${BETA}&start=${start}&end=${LAST / 1_000 + 30}&step=30`,
    )
    expect(series).toEqual({ raft_follower_lag: Array.from({ length: 11 }, () => 25) })
    expect((await current('raft_follower_lag', BETA)).metrics).toEqual({ raft_follower_lag: 25 })
    expect((await current('raft_follower_lag')).metrics).toEqual({ raft_follower_lag: 0 })
  })

  it('is there for all members at once', async () => {
    const { series } = await range(
      'raft_follower_lag',
      `member_id=all&start=${start}&end=${LAST / 1_000}&step=300`,
    )
    expect(series).toEqual({ [BETA]: { raft_follower_lag: [25] }, [ALPHA]: { raft_follower_lag: [0] } })
  })
})

describe('forecasts', () => {
  const names = 'etcd_mvcc_db_growth_bytes_per_hour,etcd_mvcc_db_hours_to_quota'

  it('rest on the slots of four hours, in history and now', async () => {
    const { metrics } = await current(names)
    expect(metrics.etcd_mvcc_db_growth_bytes_per_hour).toBeGreaterThan(100_000)
    expect(metrics.etcd_mvcc_db_hours_to_quota).toBeCloseTo(
      (2_000_000 - 1_040_000) / metrics.etcd_mvcc_db_growth_bytes_per_hour,
      1,
    )
    const { series } = await range(names)
    expect(series.etcd_mvcc_db_growth_bytes_per_hour[0]).toBeCloseTo(120_000, 3)
    expect(series.etcd_mvcc_db_growth_bytes_per_hour[1]).toBe(metrics.etcd_mvcc_db_growth_bytes_per_hour)
  })

  it('have stats that are those of the end of the window', async () => {
    const { series, stats } = await range(
      names,
      `start=${start}&end=${LAST / 1_000 + 300}&step=300&include=stats`,
    )
    const value = series.etcd_mvcc_db_growth_bytes_per_hour[1]
    expect(stats.etcd_mvcc_db_growth_bytes_per_hour).toEqual({
      min: value,
      max: value,
      avg: value,
      last: value,
      last_time: LAST / 1_000,
    })
  })
})

it('counts a restart in its slot, the first tick of the window against the one before it', async () => {
  expect((await range('process_restarts,process_uptime_seconds')).series).toEqual({
    process_restarts: [0, 1],
    process_uptime_seconds: [3_570, 5],
  })
  const { series } = await range('process_restarts', `start=${LAST / 1_000}&end=${LAST / 1_000 + 30}&step=30`)
  expect(series).toEqual({ process_restarts: [1] })
  expect((await current('process_restarts,process_uptime_seconds')).metrics).toEqual({
    process_restarts: 1,
    process_uptime_seconds: 5,
  })
})

it('adds peers up tick by tick', async () => {
  expect((await range('etcd_network_active_peers')).series).toEqual({ etcd_network_active_peers: [1, 1] })
  expect((await current('etcd_network_active_peers')).metrics).toEqual({ etcd_network_active_peers: 1 })
})

it('answers a bare labelled name by one entry per value, none for peer 0', async () => {
  const name = 'etcd_network_peer_sent_bytes_total_rate_by_peer'
  const { series } = await range(name)
  expect(series).toEqual({ [`${name}{peer="5"}`]: [10, 10], [`${name}{peer="16"}`]: [20, 20] })
  expect((await current(name)).metrics).toEqual({ [`${name}{peer="5"}`]: 10, [`${name}{peer="16"}`]: 20 })
  const points = await api.get(`/api/range?metrics=${name}&start=${start}&step=300`)
  expect(Object.keys(points.body.metrics)).toEqual([`${name}{peer="5"}`, `${name}{peer="16"}`])
})

it('answers a labelled name without a value under the bare name', async () => {
  const name = 'grpc_server_started_rate_by_method'
  expect((await range(name)).series).toEqual({ [name]: [null, null] })
  expect((await current(name)).metrics).toEqual({})
})

it('names the methods of ranks', async () => {
  const { series, labels } = await range('grpc_method_0_count,grpc_method_1_count,grpc_method_2_count')
  expect(series).toEqual({
    grpc_method_0_count: [50 * 39, 50 * 40],
    grpc_method_1_count: [30 * 39, 30 * 40],
    grpc_method_2_count: [null, null],
  })
  expect(labels).toEqual({ grpc_method_0_count: { method: 'Put' }, grpc_method_1_count: { method: 'Range' } })
  const now = await current('grpc_method_0_count,grpc_method_0_name')
  expect(now.metrics).toEqual({ grpc_method_0_count: 2_000, grpc_method_0_name: 0 })
  expect(now.labels).toEqual({ grpc_method_0_count: { method: 'Put' } })
  const all = await range('grpc_method_0_count', `member_id=all&start=${start}&step=300`)
  expect(all.labels[BETA]).toEqual({ grpc_method_0_count: { method: 'Put' } })
})

it('has no history of a constant: null in columns, absent in points', async () => {
  expect((await range('grpc_method_0_name')).series).toEqual({ grpc_method_0_name: [null, null] })
  const { body } = await api.get(`/api/range?metrics=grpc_method_0_name&start=${start}&step=300`)
  expect(body.metrics).toEqual({})
})

describe('over coarse parts', () => {
  const day = 86_400
  const long = (metrics: string, step: number, rest = '') =>
    range(metrics, `start=${LAST / 1_000 - 8 * day}&end=${LAST / 1_000 + 300}&step=${step}${rest}`)

  it('a lag is of the last positions of each, an uptime ends with the newest tick', async () => {
    const { resolution, series } = await long(
      'raft_follower_lag,process_uptime_seconds',
      300,
      `&member_id=${BETA}`,
    )
    expect(resolution).toBe(300)
    expect(series.raft_follower_lag.slice(-6)).toEqual([null, 25, 25, 25, 25, 25])
    expect(series.process_uptime_seconds.slice(-2)).toEqual([3_600, 3_600])
  })

  it('a restart is found in the part after the one that knows the earlier start', async () => {
    const { series } = await long('process_restarts', 600)
    expect(series.process_restarts.slice(-3)).toEqual([0, 0, 1])
  })

  it('a forecast is that of the newest tick, whatever the window', async () => {
    const { series } = await long('etcd_mvcc_db_growth_bytes_per_hour', 3_600)
    const { metrics } = await current('etcd_mvcc_db_growth_bytes_per_hour')
    expect(series.etcd_mvcc_db_growth_bytes_per_hour.at(-1)).toBe(metrics.etcd_mvcc_db_growth_bytes_per_hour)
  })

  it('peers are added by their means', async () => {
    expect((await long('etcd_network_active_peers', 300)).series.etcd_network_active_peers.slice(-2)).toEqual(
      [1, 1],
    )
  })
})
