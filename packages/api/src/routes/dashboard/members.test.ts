import { beforeEach, describe, expect, it } from 'vitest'
import {
  ALPHA,
  BETA,
  breakable,
  CLUSTER,
  type DashboardApi,
  type DashboardStore,
  gone,
  NOW,
  openApp,
  openDashboard,
  openStore,
  PENDING,
} from '../../dashboard-rig.contract.ts'

let store: DashboardStore
let api: DashboardApi
beforeEach(async () => {
  ;({ store, api } = await openDashboard())
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

  it('knows while the store is away what any other route read of it before', async () => {
    const info = { memberId: BETA, name: 'beta', serverVersion: '', clusterVersion: '', goVersion: '' }
    await store.writer.describe(CLUSTER, [{ ...info, scrapeError: 'timeout: no answer in 10 s' }])
    const { metrics, fail } = breakable(store.reader)
    const { get } = await openApp({ metrics })
    await get('/api/status')
    fail(gone)
    const { body } = await get('/api/members')
    expect(body.members[1].scrape_error).toBe('timeout: no answer in 10 s')
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
      as_of: null,
      age_seconds: null,
      stale: true,
    })
    expect((await get('/api/status')).body).toMatchObject({
      health: { state: 'unknown', reasons: [{ code: 'no_view' }] },
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
