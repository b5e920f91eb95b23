import { beforeEach, describe, expect, it } from 'vitest'
import {
  breakable,
  type DashboardApi,
  type DashboardStore,
  openApp,
  openDashboard,
  PENDING,
} from '../../dashboard-rig.contract.ts'

let store: DashboardStore
let api: DashboardApi
beforeEach(async () => {
  ;({ store, api } = await openDashboard())
})

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
    ['R13', `${range}&include=band`, 400, 'validation_failed'],
    ['R18', `${range}&agg=p99`, 400, 'validation_failed'],
    ['R18', `${range}&format=columns&include=stats,x`, 400, 'validation_failed'],
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

  it('D5 R3 ask the store nothing by what they hold', async () => {
    const { metrics, calls, sources } = breakable(store.reader)
    const { get } = await openApp({ metrics })
    await get('/api/current?member_id=1%20OR%201%3D1')
    expect(calls()).toBe(0)
    await get(`/api/range?metrics=__proto__,${encodeURIComponent('a") //')},${PENDING}`)
    expect(sources()).toEqual(['proposals_pending'])
  })
})
