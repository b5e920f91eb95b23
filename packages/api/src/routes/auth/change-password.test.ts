import { AppError } from '@etcdmonitor/core/errors'
import { beforeEach, expect, it, vi } from 'vitest'
import { openApi, PASSWORD } from '../../api-rig.contract.ts'
import type { ApiDeps } from '../../deps.ts'
import { CHANGE, type CountingApi, NEW, openCountingApi, seen } from './counting-api.contract.ts'

let api: CountingApi['api']
let counter: CountingApi['counter']
beforeEach(async () => {
  ;({ api, counter } = await openCountingApi())
})

const change = (old_password: string, new_password: string, username = 'admin') =>
  api.post(CHANGE, { username, old_password, new_password })

it('A28 C7 takes the new one, ends every session and deletes the first password', async () => {
  const discardFirstPassword = vi.fn<ApiDeps['discardFirstPassword']>(async () => {})
  const first = await openApi({ discardFirstPassword })
  await first.addAdmin({ mustChangePassword: true })
  const body = { username: 'Admin', old_password: PASSWORD, new_password: NEW }
  const answer = await first.post(CHANGE, body)
  expect(answer).toMatchObject({
    status: 200,
    json: { message: 'Password changed. Log in with the new password.' },
  })
  const requestId = answer.headers.get('x-request-id')
  const by = { username: 'admin', address: '192.0.2.1', requestId }
  expect(discardFirstPassword.mock.calls).toEqual([[by]])
  expect((await first.login()).status).toBe(401)
  const { json } = await first.login('admin', NEW)
  expect((await first.get('/api/status', json.session_token)).status).toBe(200)
  expect(
    (await first.post(CHANGE, { ...body, old_password: NEW, new_password: 'third password' })).status,
  ).toBe(200)
  expect((await first.get('/api/status', json.session_token)).status).toBe(401)
})

it('T19 ends sessions on other processes, too', async () => {
  const token = await api.token()
  const other = await openApi({ state: api.deps.state, keys: api.deps.keys })
  expect((await other.get('/api/status', token)).status).toBe(200)
  await change(PASSWORD, NEW)
  expect((await api.get('/api/status', token)).status).toBe(401)
  await other.clock.advance(500)
  expect((await other.get('/api/status', token)).status).toBe(401)
})

it('A22 says nothing of a weak new password to who does not know the old one', async () => {
  const [weak, strong] = [await change('wrong', 'x'), await change('wrong', NEW)]
  expect(weak).toMatchObject({
    status: 401,
    json: { code: 'invalid_credentials', error: 'Wrong user name or old password' },
  })
  expect(seen(weak)).toEqual(seen(strong))
  expect(seen(await change('wrong', NEW, 'nobody'))).toEqual(seen(strong))
})

it.each([
  ['A23', 'too_short', 'sevench'],
  ['A23', 'too_short', '😀😀😀😀😀😀😀'],
  ['A24', 'unchanged', PASSWORD],
  ['A24', 'common', 'password1'],
  ['A24', 'common', 'PASSWORD1'],
  ['A24', 'common', 'adminadmin'],
  ['A24', 'common', 'Etcd-Admin1'],
  ['A24', 'common', 'Console-0/2024'],
])('%s calls a password %s: %s', async (_, reason, password) => {
  expect(await change(PASSWORD, password)).toMatchObject({
    status: 400,
    json: { code: 'weak_password', reason, min_length: 8 },
  })
  expect((await api.login()).status).toBe(200)
})

it('A24 counts no letter of the own name', async () => {
  const other = await openApi()
  await other.addAdmin({ username: 'carol' })
  const body = { username: 'Carol', old_password: PASSWORD }
  expect(await other.post(CHANGE, { ...body, new_password: 'CAROL-carol' })).toMatchObject({
    status: 400,
    json: { code: 'weak_password', reason: 'common' },
  })
  expect((await change(PASSWORD, 'CAROL-carol')).status).toBe(200)
})

it.each(['x'.repeat(64), 'x'.repeat(1_024), ' '.repeat(8), '😀'.repeat(8), 'a\u0000bcdefgh'])(
  'A25 takes %.12j and signs in with it',
  async (password) => {
    expect((await change(PASSWORD, password)).status).toBe(200)
    expect((await api.login('admin', password)).status).toBe(200)
  },
)

it('A26 refuses a new password over 1,024 bytes without hashing', async () => {
  expect(await change(PASSWORD, 'x'.repeat(1_025))).toMatchObject({
    status: 400,
    json: { code: 'validation_failed', errors: [{ pointer: '/new_password', code: 'too_long' }] },
  })
  expect(counter.hashes).toBe(0)
})

it('wants all three', async () => {
  expect(await api.post(CHANGE, { username: 'admin', new_password: NEW })).toMatchObject({
    status: 400,
    json: {
      error: 'username, old_password and new_password required',
      errors: [{ pointer: '/old_password' }],
    },
  })
})

it('A27 lets one of two changes at once win', async () => {
  const both = Promise.withResolvers<void>()
  let waiting = 0
  counter.beforeHash = () => {
    waiting += 1
    if (waiting === 2) both.resolve() // both have verified the old password
    return both.promise
  }
  const answers = await Promise.all([change(PASSWORD, 'first new one'), change(PASSWORD, 'second new one')])
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401])
  const winner = answers[0].status === 200 ? 'first new one' : 'second new one'
  expect((await api.login('admin', winner)).status).toBe(200)
})

it('A20 answers 503 while the store is away', async () => {
  vi.spyOn(api.deps.state.accounts, 'changePassword').mockRejectedValue(
    new AppError('auth_store_unavailable', 'away'),
  )
  expect(await change(PASSWORD, NEW)).toMatchObject({
    status: 503,
    json: { code: 'auth_store_unavailable' },
  })
})
