import { randomBytes } from '@etcdmonitor/adapters/node/random'
import { AppError } from '@etcdmonitor/core/errors'
import { beforeEach, describe, expect, it } from 'vitest'
import { openApi } from '../../api-rig.contract.ts'
import { drawKeyRing } from '../../auth/key-ring.ts'
import {
  ALPHA,
  BETA,
  type DashboardApi,
  type DashboardStore,
  gone,
  openApp,
  openDashboard,
} from '../../dashboard-rig.contract.ts'

let store: DashboardStore
let api: DashboardApi
beforeEach(async () => {
  ;({ store, api } = await openDashboard())
})

describe('/healthz and /readyz', () => {
  it('H1 live without a session, without a version, whatever is down', async () => {
    const { get } = await openApp({
      metrics: store.reader,
      accounts: { count: gone },
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

  const counts: readonly (readonly [string, () => Promise<number>])[] = [
    ['unavailable', () => Promise.reject(new AppError('auth_store_unavailable', 'gone'))],
    ['no_account', async () => 0],
  ]
  it.each(counts)('H1 is not ready while the state store is %s', async (check, count) => {
    const { get } = await openApp({ metrics: store.reader, accounts: { count } })
    const { status, body } = await get('/readyz', { authorization: '' })
    expect([status, body]).toEqual([
      503,
      { status: 'not_ready', checks: { state_store: check, metrics_store: 'ok' } },
    ])
  })

  it('F42 is ready, and says how it is, while the state store can be read and takes no change', async () => {
    const health = async () => 'degraded' as const
    const { get } = await openApp({ metrics: store.reader, health })
    const { status, body } = await get('/readyz', { authorization: '' })
    expect([status, body]).toEqual([
      200,
      { status: 'ready', checks: { state_store: 'degraded', metrics_store: 'ok' } },
    ])
  })

  it('is not ready when the state store takes more than a second', async () => {
    let isAsked = false
    const count = () => {
      isAsked = true
      return new Promise<number>(() => {})
    }
    const { get, clock } = await openApp({ metrics: store.reader, accounts: { count } })
    const answer = get('/readyz')
    while (!isAsked) await clock.settle()
    await clock.advance(1_000)
    expect((await answer).body.checks.state_store).toBe('unavailable')
  })

  it('asks the store once for all who ask meanwhile, and within the next 250 ms', async () => {
    const answers: ((count: number) => void)[] = []
    const count = () => new Promise<number>((resolve) => answers.push(resolve))
    const { get, clock } = await openApp({ metrics: store.reader, accounts: { count } })
    const flood = Array.from({ length: 50 }, () => get('/readyz', { authorization: '' }))
    while (answers.length === 0) await clock.settle()
    answers[0]?.(1)
    expect(new Set((await Promise.all(flood)).map(({ status }) => status))).toEqual(new Set([200]))
    await clock.advance(249)
    expect((await get('/readyz')).status).toBe(200)
    expect(answers).toHaveLength(1)
    await clock.advance(1)
    const later = get('/readyz')
    while (answers.length === 1) await clock.settle()
    answers[1]?.(0)
    expect((await later).body.checks.state_store).toBe('no_account')
  })

  it('C8 is not ready while the secret file holds no key', async () => {
    const keys = { ...(await drawKeyRing(randomBytes)), isOrphaned: true }
    const { send } = await openApi({ keys, metrics: store.reader })
    const { status, json } = await send('/readyz')
    expect([status, json.checks.secret_file]).toEqual([503, 'no_key'])
  })

  it('H5 is not ready while the process is draining, and nothing else is answered', async () => {
    const { get } = await openApp({ metrics: store.reader, isDraining: () => true })
    expect(await get('/readyz')).toMatchObject({ status: 503, body: { checks: { process: 'draining' } } })
    expect(await get('/api/members')).toMatchObject({ status: 503, body: { code: 'shutting_down' } })
  })
})
