import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { randomBytes } from '@etcdmonitor/adapters/node/random'
import { openSqliteMetricsReader } from '@etcdmonitor/adapters/sqlite/metrics-reader'
import { openSqliteMetricsWriter } from '@etcdmonitor/adapters/sqlite/metrics-writer'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { AppError } from '@etcdmonitor/core/errors'
import type { MemberTick } from '@etcdmonitor/core/metrics/sample'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import type { Session, StateStore } from '@etcdmonitor/core/ports/state-store'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createApp } from '../app.ts'
import { drawKeyRing } from '../auth/key-ring.ts'
import { hashSessionId } from '../auth/session-gate.ts'
import { signToken } from '../auth/tokens.ts'
import type { ApiDeps } from '../deps.ts'

const NOW = 1_789_999_983_000
const NEWEST = 1_789_999_980_000 // a multiple of 30 s
const ALPHA = '10276657743932975437'
const BETA = '9007199254740993'
const REMOVED = '77'
const CLUSTER = '14841639068965178418'
const PENDING = 'etcd_server_proposals_pending'
const PUTS = 'etcd_mvcc_put_total_rate'
const P99 = 'etcd_disk_wal_fsync_duration_seconds_p99'
const PEER_SENT = 'etcd_network_peer_sent_bytes_total_rate'

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** Tick `i` of a member: 60 puts a tick; every fsync of the last tick but two is slow. */
const tick = (memberId: string, i: number, of: number): MemberTick => ({
  memberId,
  scalars: [
    { source: 'collector_up', labels: {}, value: 1 },
    { source: 'scrape_interval_seconds', labels: {}, value: 30 },
    { source: 'proposals_pending', labels: {}, value: i % 3 },
    { source: 'put', labels: {}, value: 60 * i },
    { source: 'peer_sent_bytes', labels: { peer: '5' }, value: 300 * i },
    { source: 'peer_sent_bytes', labels: { peer: '6' }, value: 600 * i },
  ],
  histograms: [
    {
      source: 'wal_fsync',
      labels: {},
      bounds: [0.001, 0.002],
      buckets: [100 * i, i >= of - 3 ? 50 : 0, 0],
      sum: i / 10,
    },
  ],
})

async function openStore() {
  const dataDir = await mkdtemp(join(tmpdir(), 'etcdmonitor-api-'))
  const clock = manualClock(NOW)
  const writer = await openSqliteMetricsWriter({ dataDir, clock, log: silent })
  const reader = openSqliteMetricsReader({ dataDir, clock, log: silent })
  return {
    writer,
    reader,
    async [Symbol.asyncDispose]() {
      await reader[Symbol.asyncDispose]()
      await writer[Symbol.asyncDispose]()
      await rm(dataDir, { recursive: true })
    },
  }
}

/** The last `ticks` ticks up to `newest` of these members. */
async function fill(
  { writer }: Awaited<ReturnType<typeof openStore>>,
  { ticks = 40, newest = NEWEST, members = [ALPHA, BETA], clusterId = CLUSTER } = {},
) {
  for (let i = 0; i < ticks; i++) {
    const at = newest - (ticks - 1 - i) * 30_000
    await writer.append({ clusterId, at, members: members.map((id) => tick(id, i, ticks)) })
  }
}

async function openApp({ metrics, ...over }: Partial<ApiDeps> & Pick<ApiDeps, 'metrics'>) {
  const clock = manualClock(NOW)
  const etcd = memoryEtcdCluster({
    clock,
    members: [
      { id: ALPHA, name: 'alpha' },
      { id: BETA, name: 'beta' },
    ],
  })
  const keys = await drawKeyRing(randomBytes)
  const session: Session = {
    idHash: await hashSessionId('a'.repeat(22)),
    userId: 'admin-id',
    kid: keys.signing.kid,
    expiresAt: 0,
    address: '',
    userAgent: '',
    createdAt: NOW,
    lastSeenAt: NOW,
    username: 'admin',
  }
  const state = {
    sessions: { find: async () => session },
    accounts: { count: async () => 1 },
    health: async () => 'ok',
  } as unknown as StateStore // all that these routes touch
  const deps: ApiDeps = {
    state,
    metrics,
    etcd,
    hasher: { withSlot: () => Promise.reject(new Error('nobody signs in here')) },
    keys,
    clock,
    random: randomBytes,
    log: silent,
    settings: {
      endpoints: ['http://alpha.invalid:2379', 'http://beta.invalid:2379'],
      interval: 30_000,
      isTlsUnverified: false,
      allowedHosts: [],
      sessionTimeoutSeconds: 3_600,
      minPasswordLength: 8,
      loginRatePerMinute: 300,
      appVersion: '1.0.0',
    },
    pages: () => undefined,
    isDraining: () => false,
    discardFirstPassword: async () => {},
    ...over,
  }
  const app = createApp(deps)
  const iat = NOW / 1_000
  const token = await signToken(keys, { sub: 'admin-id', jti: 'a'.repeat(22), iat, exp: iat + 3_600 })

  async function send(path: string, headers: Readonly<Record<string, string>> = {}, signal?: AbortSignal) {
    const request = new Request(`http://console.test${path}`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(signal && { signal }),
    })
    const response = await app.fetch(request, { peer: '127.0.0.1' })
    expectCommonHeaders(response)
    return response
  }

  async function get(...asked: Parameters<typeof send>) {
    const response = await send(...asked)
    const { status, headers } = response
    const text = await response.text()
    return { status, headers, text, body: text === '' ? undefined : JSON.parse(text) }
  }
  return { app, etcd, clock, get, fetch: send }
}

function expectCommonHeaders({ headers, status }: Response): void {
  expect(headers.get('x-request-id')).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/)
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('access-control-allow-origin')).toBeNull()
  if (status >= 400) expect(headers.get('content-type')).toMatch(/^application\/(problem\+)?json/)
}

/** A reader that fails as told, until `heal`. */
function breakable(reader: MetricsReader) {
  let broken: (() => Promise<never>) | undefined
  let calls = 0
  const guard =
    <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> => {
      calls++
      return broken ? broken() : call(...args)
    }
  const metrics: MetricsReader = {
    ...reader,
    slots: guard(reader.slots),
    ticks: guard(reader.ticks),
    tail: guard(reader.tail),
    members: guard(reader.members),
    horizon: guard(reader.horizon),
    watermark: guard(reader.watermark),
  }
  return {
    metrics,
    fail: (how: () => Promise<never>) => {
      broken = how
    },
    heal: () => {
      broken = undefined
    },
    calls: () => calls,
  }
}
const gone = () => Promise.reject(new AppError('storage_unavailable', 'the store is gone'))

let store: Awaited<ReturnType<typeof openStore>>
let api: Awaited<ReturnType<typeof openApp>>
beforeEach(async () => {
  store = await openStore()
  await fill(store)
  api = await openApp({ metrics: store.reader })
})
afterEach(() => store[Symbol.asyncDispose]())

describe('bad inputs of api.md 10', () => {
  const many = Array.from({ length: 201 }, (_, i) => `x${i}`).join()
  const range = `/api/range?metrics=${PENDING}`

  it.each([
    ['D2', ['abc', '-1', '%2B1', '1.0', '01', '%201', '0x9e73', '1e3', '0']],
    ['D3', ['18446744073709551616', '1'.repeat(40)]],
    ['D5', ['1%22)%20%7C%3E%20drop()', '1%20OR%201%3D1', '1%3BDROP%20TABLE%20x', '1%0Av%3D1']],
  ])('%s refuses malformed member ids', async (_, ids) => {
    for (const id of ids)
      for (const path of ['/api/current?', `${range}&`]) {
        const { status, body } = await api.get(`${path}member_id=${id}`)
        expect([id, status, body.code, body.errors[0].pointer]).toEqual([
          id,
          400,
          'validation_failed',
          '/member_id',
        ])
      }
  })

  it.each([
    ['D4', '/api/current?member_id=18446744073709551615', 404, 'member_not_found'],
    ['D4', `${range}&member_id=18446744073709551615`, 404, 'member_not_found'],
    ['D12', `/api/current?metrics=${many}`, 400, 'too_many_metrics'],
    ['R1', '/api/range', 400, 'validation_failed'],
    ['R1', '/api/range?metrics=', 400, 'validation_failed'],
    ['R4', `/api/range?metrics=${many}`, 400, 'too_many_metrics'],
    ...[
      '0m',
      '-1h',
      '%2B1h',
      '1',
      'h',
      '1h30m',
      'NaNh',
      'Infinityd',
      '1e3h',
      '1H',
      '1%20h',
      '%D9%A1h',
      '0.0001s',
    ].map((text) => ['R6', `${range}&range=${text}`, 400, 'validation_failed'] as const),
    ['R8', `${range}&range=91d`, 400, 'range_too_large'],
    ['R8', `${range}&start=1782000000&end=1789776001`, 400, 'range_too_large'],
    ...[
      'end=1789990000',
      'start=1789990000&end=1789990000',
      'start=1789990001&end=1789990000',
      'start=1e10',
    ].map((text) => ['R9', `${range}&${text}`, 400, 'validation_failed'] as const),
    ...['1.5', '9223372036854775808', '-1'].map(
      (text) => ['R9', `${range}&start=${text}`, 400, 'validation_failed'] as const,
    ),
    ['R10', `${range}&range=1h&start=1789990000`, 400, 'validation_failed'],
    ['R11', `${range}&start=1789990000&end=1790090000`, 400, 'validation_failed'],
    ['R13', `${range}&member_id=all`, 400, 'validation_failed'],
    ['R13', `${range}&include=stats`, 400, 'validation_failed'],
    ...['0', '-1', '1.5', '86401', 'x'].map(
      (step) => ['R14', `${range}&step=${step}`, 400, 'validation_failed'] as const,
    ),
    ['R15', `${range}&range=90d&step=1`, 400, 'too_many_points'],
    ['R18', `${range}&agg=p99`, 400, 'validation_failed'],
    ['R18', `${range}&format=csv`, 400, 'validation_failed'],
    ['R18', `${range}&format=columns&include=x`, 400, 'validation_failed'],
    ['G1', '/api/nope', 404, 'not_found'],
    ['G31', '/api/current?member_id=1&member_id=2', 400, 'malformed_request'],
    ['G32', '/api/status?unknown=1', 400, 'validation_failed'],
    ['G32', '/api/members?member_id[]=1', 400, 'validation_failed'],
  ] as const)('%s %s → %i %s', async (_, path, status, code) => {
    const answer = await api.get(path)
    expect([answer.status, answer.body.code]).toEqual([status, code])
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(answer.body).toMatchObject({
      status,
      error: answer.body.detail,
      type: `urn:etcdmonitor:problem:${code}`,
    })
  })

  it.each([
    ['R26', '&agg=avg', '/agg'],
    ['R26', '&agg=max', '/agg'],
    ['R27', '&format=columns&include=band', '/include'],
    ['R27', '&format=columns&include=counts', '/include'],
    ['R27', '&format=columns&include=stats,band', '/include'],
  ])('%s refuses %s as a value that is not allowed yet', async (_, query, pointer) => {
    const { status, body } = await api.get(`${range}${query}`)
    expect(status).toBe(400)
    expect(body.errors).toEqual([
      expect.objectContaining({ in: 'query', pointer, code: 'not_allowed_value' }),
    ])
  })

  it('R1 says which parameter is missing; only commas ask for nothing', async () => {
    expect((await api.get('/api/range')).body.error).toBe('metrics parameter required')
    const { status, body } = await api.get('/api/range?metrics=,')
    expect([status, body.metrics, body.unknown_metrics]).toEqual([200, {}, []])
  })

  it('R10 names what does not go together', async () => {
    const { body } = await api.get(`${range}&range=1h&end=1790000000`)
    expect(body.errors[0]).toMatchObject({ pointer: '/range', code: 'not_together' })
  })

  it('R15 gives a step that works', async () => {
    const { body } = await api.get(`${range}&range=90d&step=1`)
    expect(body.max).toBe(10_000)
    expect((await api.get(`${range}&range=90d&step=${body.min_step}`)).status).toBe(200)
  })

  it.each(['/api/members', '/api/current', '/api/range', '/api/status', '/api/openapi.json'])(
    'H4 %s wants a session, and GET',
    async (path) => {
      expect(await api.get(path, { authorization: '' })).toMatchObject({
        status: 401,
        body: { code: 'unauthenticated' },
      })
      const request = new Request(`http://console.test${path}`, { method: 'DELETE' })
      expect((await api.app.fetch(request, { peer: '' })).status).toBe(401)
    },
  )
})

describe('/api/members', () => {
  it('lists who is there, the default one first matched, with what they said last', async () => {
    api.etcd.setStatus(ALPHA, { dbSizeBytes: 21_065_728, raftTerm: '7', raftIndex: '9007199254740995' })
    const { status, body } = await api.get('/api/members')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      default_member_id: ALPHA,
      cluster_id: CLUSTER,
      timestamp: NOW / 1_000,
      as_of: NOW / 1_000,
      age_seconds: 0,
      stale: false,
    })
    expect(body.members.map(({ name }: { name: string }) => name)).toEqual(['alpha', 'beta'])
    expect(body.members[0]).toEqual({
      id: ALPHA,
      name: 'alpha',
      client_urls: ['http://alpha.invalid:2379'],
      peer_urls: ['http://alpha.invalid:2380'],
      endpoint: 'http://alpha.invalid:2379',
      is_default: true,
      is_leader: true,
      is_learner: false,
      version: '3.4.23',
      status: 'healthy',
      db_size: 21_065_728,
      db_size_in_use: 16_384,
      raft_term: '7',
      raft_index: '9007199254740995',
      errors: [],
      checked_at: NOW / 1_000,
      scrape_error: '',
    })
  })

  it('shows why the last scrape of a member failed', async () => {
    const info = { memberId: BETA, name: 'beta', serverVersion: '', clusterVersion: '', goVersion: '' }
    await store.writer.describe(CLUSTER, [{ ...info, scrapeError: 'timeout: no answer in 10 s' }])
    const { body } = await api.get('/api/members')
    expect(body.members[1]).toMatchObject({
      id: BETA,
      scrape_error: 'timeout: no answer in 10 s',
      status: 'healthy',
    })
  })

  it('D8 keeps the last view while all members are down', async () => {
    await api.get('/api/members')
    for (const id of [ALPHA, BETA]) api.etcd.setDown(id)
    await api.clock.advance(60_000)
    const { status, body } = await api.get('/api/members')
    expect([status, body.stale]).toEqual([200, true])
    expect(body.members).toMatchObject([
      { status: 'unreachable', raft_index: '8', errors: [expect.stringMatching(/^tcp: /)] },
      { status: 'unreachable' },
    ])
  })

  it('D8 lists whom the store knows while etcd was never seen', async () => {
    for (const id of [ALPHA, BETA]) api.etcd.setDown(id)
    const { body } = await api.get('/api/members')
    expect(body).toMatchObject({ cluster_id: CLUSTER, default_member_id: BETA, stale: true })
    expect(body.members.map(({ id, status }: { id: string; status: string }) => [id, status])).toEqual([
      [BETA, 'unreachable'],
      [ALPHA, 'unreachable'],
    ])
  })

  it('D8 lists nobody while nothing was ever seen or stored', async () => {
    await using empty = await openStore()
    const { etcd, get } = await openApp({ metrics: empty.reader })
    for (const id of [ALPHA, BETA]) etcd.setDown(id, 'dns')
    expect((await get('/api/members')).body).toMatchObject({
      members: [],
      default_member_id: '',
      cluster_id: '',
      stale: true,
    })
    expect((await get('/api/status')).body).toMatchObject({
      health: { state: 'unknown' },
      endpoints: [{ ok: false, stage: 'dns', kind: 'dns' }, { ok: false }],
      history: { from: null, single_scrapes_from: null },
    })
    expect((await get('/api/current')).body).toMatchObject({
      member_id: '',
      metrics: {},
      sample_time: null,
      stale: true,
    })
    expect((await get(`/api/range?metrics=${PENDING}`)).body).toMatchObject({ member_id: '', metrics: {} })
    const { body } = await get(`/api/range?metrics=${PENDING}&format=columns&range=1m`)
    expect(body.series[PENDING]).toEqual(body.times.map(() => null))
    expect((await get(`/api/range?metrics=${PENDING}&format=columns&member_id=all`)).body.series).toEqual({})
  })

  it('D9 gives odd names as JSON and nothing else', async () => {
    const name = 'a"b;c\n<é><img onerror=alert(1)>'
    api.etcd.setMembers([{ id: ALPHA, name, clientUrl: 'http://alpha.invalid:2379' }])
    const { body, headers } = await api.get('/api/members')
    expect(body.members[0].name).toBe(name)
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
  })

  it('answers within two seconds of a hung etcd', async () => {
    for (const id of [ALPHA, BETA]) api.etcd.setDelay(id, Number.POSITIVE_INFINITY)
    const answer = api.get('/api/members')
    while (api.etcd.calls().length === 0) await api.clock.settle()
    await api.clock.advance(2_000)
    expect((await answer).body.stale).toBe(true)
  })
})

describe('/api/current', () => {
  it.each(['/api/current', '/api/current?member_id=', '/api/current?member_id=default'])(
    'D1 %s is of the default member',
    async (path) => {
      const { status, body } = await api.get(path)
      expect(status).toBe(200)
      expect(body).toMatchObject({
        timestamp: NOW / 1_000,
        member_id: ALPHA,
        sample_time: NEWEST / 1_000,
        age_seconds: 3,
        stale: false,
        unknown_metrics: [],
      })
    },
  )

  it('has the newest sample, the newest delta, and a quantile of as many deltas as hold a hundred', async () => {
    const { body } = await api.get('/api/current')
    expect(body.metrics).toMatchObject({ collector_up: 1, [PENDING]: 0, [PUTS]: 2, [PEER_SENT]: 30 })
    expect(body.metrics[P99]).toBeCloseTo(0.00099, 12)
    expect(body.observations).toMatchObject({ [P99]: 100 })
    expect(body.metrics).not.toHaveProperty('process_resident_memory_bytes')
  })

  it('filters by name and lists what it does not know', async () => {
    const { body } = await api.get(`/api/current?metrics=${PUTS},nope,__proto__`)
    expect(body).toMatchObject({
      metrics: { [PUTS]: 2 },
      observations: {},
      unknown_metrics: ['nope', '__proto__'],
    })
    expect(Object.keys(body.metrics)).toEqual([PUTS])
  })

  it('D6 gives all members, by exact ids', async () => {
    const { body } = await api.get(`/api/current?member_id=all&metrics=${PUTS}`)
    expect(Object.keys(body.members).toSorted()).toEqual([ALPHA, BETA])
    expect(body.members[BETA]).toMatchObject({ stale: false, metrics: { [PUTS]: 2 } })
  })

  it('is stale after a failed scrape, with the last values and collector_up 0', async () => {
    const up = { source: 'collector_up', labels: {}, value: 0 } as const
    await store.writer.append({
      clusterId: CLUSTER,
      at: NEWEST + 30_000,
      members: [{ memberId: ALPHA, scalars: [up], histograms: [] }],
    })
    await api.clock.advance(30_000)
    const { body } = await api.get('/api/current')
    expect(body).toMatchObject({ stale: true, age_seconds: 33, metrics: { collector_up: 0, [PUTS]: 2 } })
  })

  it('is stale beyond three intervals', async () => {
    await api.clock.advance(87_000)
    expect((await api.get('/api/current')).body.stale).toBe(false)
    await api.clock.advance(1)
    expect((await api.get('/api/current')).body.stale).toBe(true)
  })

  it('serves what it had while the store is away, and fails where it had nothing', async () => {
    const { metrics, fail, heal } = breakable(store.reader)
    const { get } = await openApp({ metrics })
    await get('/api/current')
    fail(gone)
    expect((await get('/api/current')).body.metrics).toMatchObject({ [PUTS]: 2 })
    const other = await get(`/api/current?member_id=${BETA}`)
    expect([other.status, other.body.code, other.headers.get('retry-after')]).toEqual([
      503,
      'storage_unavailable',
      '5',
    ])
    heal()
    expect((await get(`/api/current?member_id=${BETA}`)).status).toBe(200)
  })

  it('shows a new tick as soon as it is stored', async () => {
    expect((await api.get('/api/current')).body.metrics[PUTS]).toBe(2)
    await store.writer.append({
      clusterId: CLUSTER,
      at: NEWEST + 30_000,
      members: [
        { memberId: ALPHA, scalars: [{ source: 'put', labels: {}, value: 60 * 39 + 90 }], histograms: [] },
      ],
    })
    expect((await api.get('/api/current')).body.metrics[PUTS]).toBe(3)
  })
})

describe('/api/range', () => {
  const columns = (query: string) => api.get(`/api/range?format=columns&${query}`)

  it('gives points in ascending order and leaves out what has none', async () => {
    const { status, body } = await api.get(
      `/api/range?metrics=${PUTS},${PENDING},go_memstats_alloc_bytes&range=2m`,
    )
    expect(status).toBe(200)
    expect(body).toMatchObject({
      start: 1_789_999_860,
      end: 1_790_000_010,
      step: 30,
      resolution: 30,
      member_id: ALPHA,
    })
    expect(body.metrics).toEqual({
      [PENDING]: [2, 0, 1, 2, 0].map((value, i) => ({ ts: 1_789_999_860 + 30 * i, value })),
      [PUTS]: [0, 1, 2, 3, 4].map((i) => ({ ts: 1_789_999_860 + 30 * i, value: 2 })),
    })
  })

  it('gives columns as long as the times, with null where nothing is', async () => {
    const { body } = await columns(`metrics=${PUTS},go_memstats_alloc_bytes&range=30m`)
    expect(body.times).toHaveLength((body.end - body.start) / 30)
    expect(body.series.go_memstats_alloc_bytes).toEqual(body.times.map(() => null))
    const first = body.times.indexOf(NEWEST / 1_000 - 39 * 30)
    expect(body.series[PUTS].slice(first - 1, first + 2)).toEqual([null, null, 2])
  })

  it('answers rates of summed label sets and quantiles exactly at every step', async () => {
    const { body } = await columns(`metrics=${PEER_SENT},${P99}&range=5m&step=60`)
    expect(body.step).toBe(60)
    expect(new Set(body.series[PEER_SENT])).toEqual(new Set([30]))
    expect(body.series[P99].at(-1)).toBeCloseTo(0.00099, 12)
  })

  it('has stats of the window: extremes over single deltas, the average exact', async () => {
    const { body } = await columns(`metrics=${P99},${PENDING},${PUTS}&range=10m&step=300&include=stats`)
    expect(body.stats[PENDING]).toMatchObject({ min: 0, max: 2, last: 0, last_time: body.times.at(-1) })
    expect(body.stats[PUTS]).toEqual({ min: 2, max: 2, avg: 2, last: 2, last_time: body.times.at(-1) })
    const { min, max, avg } = body.stats[P99]
    expect(min).toBeCloseTo(0.00099, 12)
    expect(max).toBeCloseTo(0.00197, 12) // the one delta of 100 fast and 50 slow: rank 148.5
    expect(avg).toBeGreaterThan(min)
    expect(avg).toBeLessThan(max)
  })

  it('R2 R3 R5 lists unknown names once, in both formats, and asks nothing by them', async () => {
    const names = ['__proto__', 'constructor', 'toString', '<script>', 'a") //', `${PENDING}{peer="1"}`]
    const list = [...names, PENDING, PENDING, 'x'.repeat(100)].map(encodeURIComponent).join()
    for (const format of ['points', 'columns']) {
      const { status, body } = await api.get(`/api/range?metrics=${list}&format=${format}`)
      expect([status, body.unknown_metrics]).toEqual([200, [...names, 'x'.repeat(64)]])
      expect(Object.keys(body.metrics ?? body.series)).toEqual([PENDING])
    }
  })

  it.each(['0.5h', '90s', '1.5h', '90d'])('R7 takes a range of %s', async (text) => {
    expect((await api.get(`/api/range?metrics=${PENDING}&range=${text}`)).status).toBe(200)
  })

  it('R12 R16 ends now when only a start is given, and raises the step to the interval', async () => {
    const { body } = await api.get(`/api/range?metrics=${PENDING}&start=1789999900&step=1`)
    expect(body).toMatchObject({ start: 1_789_999_890, end: 1_790_000_010, step: 30 })
  })

  it('R17 answers windows of a week and of ninety days with their steps', async () => {
    expect((await columns(`metrics=${PUTS}&range=7d`)).body).toMatchObject({ step: 600, resolution: 30 })
    expect((await columns(`metrics=${PUTS}&range=90d&include=stats`)).body).toMatchObject({
      step: 7_200,
      resolution: 1_800,
      stats: { [PUTS]: { min: 2, max: 2, avg: 2, last: 2 } },
    })
  })

  it('R19 tags an answer, and says 304 until something is stored', async () => {
    const path = `/api/range?metrics=${PENDING}`
    const first = await api.get(path)
    const tag = first.headers.get('etag') ?? ''
    expect(tag).toMatch(/^W\/"[0-9a-f]{32}"$/)
    expect(first.headers.get('cache-control')).toBe('private, no-cache')
    await api.clock.advance(5_000)
    expect((await api.get(path)).body).toEqual(first.body)
    for (const sent of [tag, `"x", ${tag}`, '*', tag.slice(2)]) {
      const second = await api.get(path, { 'if-none-match': sent })
      expect([second.status, second.text, second.headers.get('etag')]).toEqual([304, '', tag])
    }
    await fill(store, { ticks: 1, newest: NEWEST + 30_000 })
    const third = await api.get(path, { 'if-none-match': tag })
    expect([third.status, third.headers.get('etag') === tag]).toEqual([200, false])
  })

  it('R20 answers windows without data', async () => {
    const { status, body } = await columns(`metrics=${PUTS}&start=1700000000&end=1700003600`)
    expect(status).toBe(200)
    expect(new Set(body.series[PUTS])).toEqual(new Set([null]))
  })

  it('R20 has a gap where nothing was stored, and counts the increase across it once', async () => {
    await store.writer.append({
      clusterId: CLUSTER,
      at: NEWEST + 120_000,
      members: [
        { memberId: ALPHA, scalars: [{ source: 'put', labels: {}, value: 60 * 39 + 480 }], histograms: [] },
      ],
    })
    await api.clock.advance(120_000)
    const { body } = await columns(`metrics=${PUTS}&range=3m`)
    expect(body.series[PUTS]).toEqual([2, 2, 2, null, null, null, 4])
  })

  it('D7 serves the history of a member that was removed', async () => {
    await fill(store, { members: [REMOVED], newest: NEWEST - 3_600_000 })
    const { status, body } = await columns(`metrics=${PUTS}&member_id=${REMOVED}&range=2h`)
    expect([status, body.member_id]).toEqual([200, REMOVED])
    expect(body.series[PUTS]).toContain(2)
    const all = await columns(`metrics=${PUTS}&member_id=all&range=2h`)
    expect(Object.keys(all.body.series).toSorted()).toEqual([ALPHA, REMOVED, BETA])
    const recent = await columns(`metrics=${PUTS}&member_id=all&range=10m&include=stats`)
    expect(Object.keys(recent.body.series).toSorted()).toEqual([ALPHA, BETA])
    expect(recent.body.stats[BETA][PUTS].avg).toBe(2)
  })

  it('takes an id of two clusters for the present one', async () => {
    await fill(store, { members: [ALPHA], clusterId: '5', newest: NEWEST + 30_000, ticks: 1 })
    const { body } = await columns(`metrics=${PUTS}&member_id=${ALPHA}&range=2m`)
    expect(body.series[PUTS].at(-1)).toBe(2)
  })

  it('serves history while every member is down', async () => {
    for (const id of [ALPHA, BETA]) api.etcd.setDown(id)
    const { status, body } = await columns(`metrics=${PUTS}&range=5m`)
    expect([status, body.member_id, body.series[PUTS].at(-1)]).toEqual([200, BETA, 2])
  })

  it('R21 says that the store is away', async () => {
    const { metrics, fail, calls } = breakable(store.reader)
    const { get, clock } = await openApp({ metrics })
    fail(gone)
    const refused = await get(`/api/range?metrics=${PUTS}`)
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([
      503,
      'storage_unavailable',
      '5',
    ])
    fail(() => new Promise(() => {}))
    const begun = calls()
    const hung = get(`/api/range?metrics=${PUTS}`)
    while (calls() === begun) await clock.settle()
    await clock.advance(10_000)
    expect((await hung).body.code).toBe('storage_unavailable')
  })

  it('R22 runs 8, lets 64 wait, and refuses the others', async () => {
    let running = 0
    const horizon = () => {
      running++
      return new Promise<undefined>(() => {})
    }
    const { get, clock } = await openApp({ metrics: { ...store.reader, horizon } })
    const codes: string[] = []
    const all = Array.from({ length: 100 }, async (_, i) => {
      const { body } = await get(`/api/range?metrics=${PUTS}&range=${i + 1}h`)
      codes.push(body.code)
    })
    while (codes.length < 28) await clock.settle()
    expect([running, ...new Set(codes)]).toEqual([8, 'overloaded'])
    await clock.advance(10_000)
    await Promise.all(all)
    expect(codes.slice(28)).toEqual(Array.from({ length: 72 }, () => 'storage_unavailable'))
    expect(running).toBe(8)
  })

  it('computes equal queries once, whatever the order of their names', async () => {
    let reads = 0
    const slots: MetricsReader['slots'] = (...args) => {
      reads++
      return store.reader.slots(...args)
    }
    const { get } = await openApp({ metrics: { ...store.reader, slots } })
    const path = (names: string) => `/api/range?format=columns&metrics=${names}`
    const both = await Promise.all([get(path(`${PUTS},${PENDING}`)), get(path(`${PENDING},${PUTS}`))])
    expect(both[0].text).toBe(both[1].text)
    await get(path(`${PENDING},${PUTS}`))
    expect(reads).toBe(1)
  })

  it('stops reading when the client leaves', async () => {
    let stopped: AbortSignal | undefined
    const slots: MetricsReader['slots'] = (_, options) => {
      stopped = options?.signal
      return new Promise((_resolve, reject) =>
        options?.signal?.addEventListener('abort', () => reject(options.signal?.reason), { once: true }),
      )
    }
    const { get, clock } = await openApp({ metrics: { ...store.reader, slots } })
    const client = new AbortController()
    const answer = get(`/api/range?metrics=${PUTS}`, {}, client.signal)
    while (!stopped) await clock.settle()
    expect(stopped.aborted).toBe(false)
    client.abort()
    await answer
    expect(stopped.aborted).toBe(true)
  })

  it('compresses what is long enough when asked to, with the same content', async () => {
    const path = `/api/range?format=columns&metrics=${PUTS},${PENDING}&range=1h`
    const plain = await api.get(path)
    expect([plain.headers.get('content-encoding'), plain.headers.get('vary')]).toEqual([
      null,
      'accept-encoding',
    ])
    const small = await api.get('/api/range?metrics=,', { 'accept-encoding': 'gzip' })
    expect(small.headers.get('content-encoding')).toBeNull()
    for (let i = 0; i < 2; i++) {
      const packed = await api.fetch(path, { 'accept-encoding': 'br, gzip;q=0.5' })
      expect(packed.headers.get('content-encoding')).toBe('gzip')
      expect(gunzipSync(new Uint8Array(await packed.arrayBuffer())).toString()).toBe(plain.text)
    }
  })
})

describe('/api/status', () => {
  it('tells of cluster, collector and stores', async () => {
    const { status, body } = await api.get('/api/status')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      status: 'running',
      app_version: '1.0.0',
      collector_up: true,
      etcd_endpoint: 'http://alpha.invalid:2379,http://beta.invalid:2379',
      etcd_version: '3.4.23',
      collect_interval: 30,
      history: { from: NEWEST / 1_000 - 39 * 30, single_scrapes_from: NEWEST / 1_000 - 39 * 30 },
      default_member_id: ALPHA,
      member_count: 2,
      timestamp: NOW / 1_000,
      cluster_id: CLUSTER,
      stale: false,
      health: { state: 'healthy', reasons: [] },
      collector: { last_cycle_at: NEWEST / 1_000, age_seconds: 3, stale: false },
      storage: { metrics: 'ok', state: 'ok' },
    })
    expect(body.members).toEqual((await api.get('/api/members')).body.members)
    expect(body.endpoints[0]).toEqual({
      endpoint: 'http://alpha.invalid:2379',
      ok: true,
      role: 'member',
      stage: 'ready',
      kind: '',
      error: '',
      latency_ms: 0,
      checked_at: NOW / 1_000,
    })
  })

  it('F4 D8 names stage and kind of every endpoint that fails, and is critical', async () => {
    await api.get('/api/status')
    api.etcd.setDown(ALPHA, 'refused')
    api.etcd.setDown(BETA, 'tls_expired')
    await api.clock.advance(60_000)
    const { status, body } = await api.get('/api/status')
    expect([status, body.stale, body.health.state]).toEqual([200, true, 'critical'])
    expect(body.endpoints).toMatchObject([
      { ok: false, stage: 'tcp', kind: 'refused', error: expect.stringMatching(/./) },
      { ok: false, stage: 'tls', kind: 'tls_expired', error: expect.stringMatching(/./) },
    ])
    expect(body.health.reasons).toMatchObject([
      { code: 'no_leader' },
      { code: 'member_unreachable', member_id: ALPHA, message: 'alpha did not answer for 63 s' },
      { code: 'member_unreachable', member_id: BETA },
    ])
  })

  it('says that the collector is silent', async () => {
    await api.clock.advance(90_000)
    expect((await api.get('/api/status')).body).toMatchObject({
      collector_up: false,
      collector: { age_seconds: 93, stale: true },
      health: { state: 'degraded', reasons: [{ code: 'collector_stale' }] },
    })
  })

  it('is served while the store is away', async () => {
    const { metrics, fail } = breakable(store.reader)
    const { get } = await openApp({ metrics })
    fail(gone)
    expect((await get('/api/status')).body).toMatchObject({ status: 'running', history: { from: null } })
    expect((await get('/api/members')).body.members).toHaveLength(2)
  })
})

describe('/healthz and /readyz', () => {
  const noState = (accounts: Partial<StateStore['accounts']>) => ({ accounts }) as unknown as StateStore

  it('H1 live without a session, without a version, whatever is down', async () => {
    const { get } = await openApp({
      metrics: store.reader,
      state: noState({ count: gone }),
      isDraining: () => true,
    })
    expect(await get('/healthz', { authorization: '' })).toMatchObject({
      status: 200,
      text: '{"status":"ok"}',
    })
  })

  it('H2 is ready while etcd is down, and shows the history store', async () => {
    for (const id of [ALPHA, BETA]) api.etcd.setDown(id)
    expect(await api.get('/readyz', { authorization: '' })).toMatchObject({
      status: 200,
      text: '{"status":"ready","checks":{"state_store":"ok","metrics_store":"ok"}}',
    })
    for (const [reason, check] of [
      ['no_file', 'no_data_yet'],
      ['unreadable', 'unavailable'],
    ] as const) {
      const health = () => ({ state: 'unavailable', reason }) as const
      const { get } = await openApp({ metrics: { ...store.reader, health } })
      expect((await get('/readyz')).body.checks.metrics_store).toBe(check)
    }
  })

  it.each([
    ['unavailable', () => Promise.reject(new AppError('auth_store_unavailable', 'gone'))],
    ['no_account', async () => 0],
  ] as const)('H1 is not ready while the state store is %s', async (check, count) => {
    const { get } = await openApp({ metrics: store.reader, state: noState({ count }) })
    const { status, body } = await get('/readyz', { authorization: '' })
    expect([status, body]).toEqual([
      503,
      { status: 'not_ready', checks: { state_store: check, metrics_store: 'ok' } },
    ])
  })

  it('is not ready when the state store takes more than a second', async () => {
    let isAsked = false
    const count = () => {
      isAsked = true
      return new Promise<number>(() => {})
    }
    const { get, clock } = await openApp({ metrics: store.reader, state: noState({ count }) })
    const answer = get('/readyz')
    while (!isAsked) await clock.settle()
    await clock.advance(1_000)
    expect((await answer).body.checks.state_store).toBe('unavailable')
  })

  it('H5 is not ready while the process is draining, and nothing else is answered', async () => {
    const { get } = await openApp({ metrics: store.reader, isDraining: () => true })
    expect(await get('/readyz')).toMatchObject({ status: 503, body: { checks: { process: 'draining' } } })
    expect(await get('/api/members')).toMatchObject({ status: 503, body: { code: 'shutting_down' } })
  })
})

describe('/api/openapi.json', () => {
  it('H4 is the document of the repository', async () => {
    const { text } = await api.get('/api/openapi.json')
    expect(text).toBe(await readFile(new URL('../../../../docs/openapi.json', import.meta.url), 'utf8'))
  })
})
