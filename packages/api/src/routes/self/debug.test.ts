import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  ALPHA,
  BETA,
  breakable,
  type DashboardStore,
  fill,
  gone,
  NOW,
  openApp,
  openStore,
  PUTS,
  REMOVED,
} from '../../dashboard-rig.contract.ts'

let store: DashboardStore
beforeEach(async () => {
  store = await openStore()
  await fill(store)
})
afterEach(() => store[Symbol.asyncDispose]())

it('D11 says what runs, and nothing but the fields of its list', async () => {
  const { get, clock } = await openApp({ metrics: store.reader })
  await get(`/api/range?metrics=${PUTS}`)
  await clock.advance(61_500)
  const { status, body } = await get('/api/debug')
  expect(status).toBe(200)
  expect(body).toEqual({
    db_member_ids: { [ALPHA]: 400, [BETA]: 400 },
    collector_members: [
      { id: ALPHA, name: 'alpha', endpoint: expect.any(String), is_default: true },
      { id: BETA, name: 'beta', endpoint: expect.any(String), is_default: false },
    ],
    default_member_id: ALPHA,
    timestamp: Math.floor((NOW + 61_500) / 1_000),
    app: { version: '1.2.3', node: '26.1.0', uptime_seconds: 61, started_at: NOW / 1_000 },
    stores: { metrics: { driver: 'sqlite', status: 'ok' }, state: { driver: 'sqlite', status: 'ok' } },
    config: { 'log.level': 'info' },
    caches: { range_answers: 1 },
  })
})

it('adds up what an id has stored in several clusters, and does not guess where one is not counted', async () => {
  const stored = [
    { clusterId: '9', memberId: ALPHA, samples: 300 },
    { clusterId: '8', memberId: ALPHA, samples: 20 },
    { clusterId: '9', memberId: REMOVED, samples: 5 },
    { clusterId: '8', memberId: REMOVED },
  ]
  const members = async () =>
    stored.map(({ clusterId, memberId, samples }) => ({
      member: { clusterId, memberId },
      firstAt: 0,
      newestAt: NOW,
      newestOkAt: NOW,
      ...(samples !== undefined && { samples }),
    }))
  const { get } = await openApp({ metrics: { ...store.reader, members } })
  expect((await get('/api/debug')).body.db_member_ids).toEqual({ [ALPHA]: 320, [REMOVED]: null })
})

it('answers while etcd and the metrics store are down', async () => {
  const { metrics, fail } = breakable(store.reader)
  fail(gone)
  const { get, etcd } = await openApp({ metrics })
  for (const id of [ALPHA, BETA]) etcd.setDown(id)
  const { status, body } = await get('/api/debug')
  expect([status, body.db_member_ids]).toEqual([200, {}])
})

it('D10 switched off is a path that does not exist, with any method', async () => {
  const { get, app } = await openApp({ metrics: store.reader, settings: { isDebugOn: false } })
  const off = await get('/api/debug')
  const unknown = await get('/api/nope')
  const same = ({ body }: typeof off) => ({ ...body, instance: '' })
  expect(off.status).toBe(404)
  expect(same(off)).toEqual(same(unknown))
  expect((await get('/api/debug?x=1')).status).toBe(404)
  const bare = new Request('http://console.test/api/debug')
  expect((await app.fetch(bare, { peer: '' })).status).toBe(401)
})
