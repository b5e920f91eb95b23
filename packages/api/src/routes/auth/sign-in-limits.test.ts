import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { AppError } from '@etcdmonitor/core/errors'
import type { PasswordHasher } from '@etcdmonitor/core/ports/password-hasher'
import { beforeEach, expect, it } from 'vitest'
import { openApi, PASSWORD } from '../../api-rig.contract.ts'
import { hashSessionId } from '../../auth/session-gate.ts'
import { CHANGE, type CountingApi, LOGIN, openCountingApi } from './counting-api.contract.ts'

let api: CountingApi['api']
beforeEach(async () => {
  ;({ api } = await openCountingApi())
})

it('A18 C12 limits the attempts of an address, both routes together, and says when to come back', async () => {
  const limited = await openApi({ settings: { loginRatePerMinute: 10 } }) // a burst of 2
  const attempt = (path: string, peer: string, headers = {}) =>
    limited.post(path, { username: '', password: '' }, headers, { peer }).then(({ status }) => status)
  const login = (peer: string, headers = {}) =>
    limited.post(LOGIN, { username: 'nobody', password: 'x' }, headers, { peer })
  expect((await login('2001:db8::1')).status).toBe(401)
  expect(
    (
      await limited.post(
        CHANGE,
        { username: 'nobody', old_password: 'x', new_password: 'y' },
        {},
        { peer: '2001:db8::2' },
      )
    ).status,
  ).toBe(401)
  const refused = await limited.untilRefused(login('2001:db8::3'))
  expect(refused).toMatchObject({ status: 429, json: { code: 'rate_limited' } })
  expect(refused.headers.get('retry-after')).toBe('6')
  const forwarded = login('2001:db8::3', { 'x-forwarded-for': '127.0.0.1' })
  expect((await limited.untilRefused(forwarded)).status).toBe(429)
  expect(await attempt(LOGIN, '2001:db8::3')).toBe(400) // a malformed one does not count
  expect((await login('2001:db8:0:1::1')).status).toBe(401)
  await limited.clock.advance(6_000)
  expect((await login('2001:db8::3')).status).toBe(401)
})

it('C12 slows the noisy client of a trusted proxy alone, and remembers where a session came from', async () => {
  const settings = { loginRatePerMinute: 10, trustedProxies: ['10.0.0.0/8'] }
  const proxied = await openApi({ settings, clock: systemClock })
  await proxied.addAdmin()
  const login = (client: string, password: string) =>
    proxied.post(
      LOGIN,
      { username: 'admin', password },
      { 'x-forwarded-for': `203.0.113.99, ${client}` },
      { peer: '10.0.0.1' },
    )
  const noisy = [1, 2, 3].map((n) => login('198.51.100.7', `wrong ${n}`))
  expect((await Promise.all(noisy)).map(({ status }) => status).toSorted()).toEqual([401, 401, 429])
  const { status, json } = await login('198.51.100.8', PASSWORD)
  expect(status).toBe(200)
  const { jti } = JSON.parse(Buffer.from(json.session_token.split('.')[1], 'base64url').toString())
  const row = await proxied.deps.state.sessions.find(await hashSessionId(jti))
  expect(row?.address).toBe('198.51.100.8')
  expect(
    proxied.lines.filter(({ event }) => event === 'request').map(({ fields }) => fields.address),
  ).toEqual([...Array(3).fill('198.51.100.7'), '198.51.100.8'])
  expect(proxied.lines.some(({ event }) => event === 'proxy_not_trusted')).toBe(false)
})

it('C12 says once an hour that sign-ins come through a proxy that is not trusted', async () => {
  const told = () => api.lines.filter(({ event }) => event === 'proxy_not_trusted').length
  const login = (headers = {}) => api.post(LOGIN, { username: 'nobody', password: 'x' }, headers)
  await login()
  expect(told()).toBe(0)
  for (const client of ['198.51.100.7', '198.51.100.8']) await login({ 'x-forwarded-for': client })
  expect(told()).toBe(1)
  await api.clock.advance(3_600_000)
  await login({ 'x-forwarded-for': '198.51.100.7' })
  expect(told()).toBe(2)
})

it('answers 503 when too many wait for a place to hash', async () => {
  const hasher: PasswordHasher = {
    withSlot: () => Promise.reject(new AppError('login_capacity', 'full', { details: { retry_after: 1 } })),
  }
  const busy = await openApi({ hasher })
  const answer = await busy.untilRefused(busy.login())
  expect(answer).toMatchObject({ status: 503, json: { code: 'login_capacity' } })
  expect(answer.headers.get('retry-after')).toBe('1')
  expect(answer.json).not.toHaveProperty('retry_after')
})
