import { beforeEach, describe, expect, it } from 'vitest'
import {
  ALPHA,
  BETA,
  breakable,
  CLUSTER,
  type DashboardApi,
  type DashboardStore,
  gone,
  NEWEST,
  NOW,
  openApp,
  openDashboard,
  P99,
  PEER_SENT,
  PENDING,
  PUTS,
} from '../../dashboard-rig.contract.ts'

let store: DashboardStore
let api: DashboardApi
beforeEach(async () => {
  ;({ store, api } = await openDashboard())
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

  it.each(['', '&member_id=all'])('R23 lists a labelled key that no member has as unknown%s', async (of) => {
    const [known, other] = ['5', '999'].map((peer) => `${PEER_SENT}_by_peer{peer="${peer}"}`)
    const list = encodeURIComponent(`${known},${other}`)
    const { body } = await api.get(`/api/current?metrics=${list}${of}`)
    expect(Object.keys(of ? body.members[BETA].metrics : body.metrics)).toEqual([known])
    expect(body.unknown_metrics).toEqual([other])
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
