import { beforeEach, expect, it, vi } from 'vitest'
import { NOW, openApi, PASSWORD } from '../../api-rig.contract.ts'
import { CHANGE, type CountingApi, LOGIN, NEW, openCountingApi, seen } from './counting-api.contract.ts'

let api: CountingApi['api']
let counter: CountingApi['counter']
beforeEach(async () => {
  ;({ api, counter } = await openCountingApi())
})

const change = (old_password: string, new_password: string, username = 'admin') =>
  api.post(CHANGE, { username, old_password, new_password })

it('answers with a session', async () => {
  const { status, json } = await api.login()
  expect(status).toBe(200)
  expect(json).toEqual({
    username: 'admin',
    expires_at: NOW / 1_000 + 3_600,
    session_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]{43}$/),
    must_change_password: false,
    authenticated: true,
  })
  expect((await api.get('/api/status', json.session_token)).status).toBe(200)
})

it.each([
  ['user name missing', { password: 'x' }],
  ['password missing', { username: 'admin' }],
  ['user name empty', { username: '', password: 'x' }],
  ['password empty', { username: 'admin', password: '' }],
  ['nothing', {}],
])('A1 wants both: %s', async (_, body) => {
  expect(await api.post(LOGIN, body)).toMatchObject({
    status: 400,
    json: {
      code: 'validation_failed',
      error: 'username and password required',
      errors: expect.arrayContaining([expect.objectContaining({ code: 'required', message: 'required' })]),
    },
  })
  expect(counter.hashes).toBe(0)
})

it.each([null, 5, true, ['secret-value'], { $gt: 'secret-value' }])(
  'A1 A4 M21 takes texts alone, and shows none: %j',
  async (value) => {
    for (const body of [
      { username: value, password: 'x' },
      { username: 'admin', password: value },
    ]) {
      const answer = await api.post(LOGIN, body)
      expect(answer).toMatchObject({
        status: 400,
        json: { code: 'validation_failed', errors: [{ code: 'wrong_type' }] },
      })
      expect(answer.text).not.toContain('secret-value')
    }
  },
)

it.each([
  'x'.repeat(65),
  'admin ',
  ' admin',
  '\u0430dmin',
  'admin\u0000',
  'a\nb',
  "' OR 1=1 --",
  '.admin',
  'admin@host',
  '\u0131',
])('A2 A4 refuses %j, which no account can have, before it looks', async (username) => {
  const find = vi.spyOn(api.deps.state.accounts, 'find')
  expect(await api.login(username)).toMatchObject({
    status: 400,
    json: { code: 'validation_failed', errors: [{ pointer: '/username', code: 'invalid_format' }] },
  })
  expect(find).not.toHaveBeenCalled()
  expect(counter.hashes).toBe(0)
})

it('A3 C4 knows one account by every case of its letters', async () => {
  expect(await api.login('ADMIN')).toMatchObject({ status: 200, json: { username: 'admin' } })
})

it('A5 refuses passwords over 1,024 bytes without hashing', async () => {
  for (const password of ['x'.repeat(1_025), 'é'.repeat(513)])
    expect(await api.login('admin', password)).toMatchObject({
      status: 400,
      json: { code: 'validation_failed', errors: [{ pointer: '/password', code: 'too_long' }] },
    })
  expect(await api.login('admin', 'x'.repeat(10_000_000))).toMatchObject({ status: 413 })
  expect(await api.login('admin', 'é'.repeat(512))).toMatchObject({ status: 401 })
  expect(counter.hashes).toBe(1)
})

it.each([`${PASSWORD} `, ` ${PASSWORD}`, `${PASSWORD}\u0000`, PASSWORD.toUpperCase()])(
  'A6 compares %j as typed',
  async (typed) => {
    expect(await api.login('admin', typed)).toMatchObject({
      status: 401,
      json: { code: 'invalid_credentials' },
    })
  },
)

it('A7 A8 C3 says the same to a wrong password, an unknown and a disabled name, after the same work', async () => {
  const { state } = api.deps
  const find = vi.spyOn(state.accounts, 'find')
  const attempts = []
  const admin = await state.accounts.find('admin')
  for (const [username, stored] of [
    ['admin'],
    ['nobody'],
    ['nobody'],
    ['admin', admin && { ...admin, enabled: false }],
  ] as const) {
    if (stored) find.mockResolvedValueOnce(stored)
    find.mockClear()
    counter.hashes = 0
    const answer = await api.login(username, stored ? PASSWORD : 'wrong')
    attempts.push({ ...seen(answer), lookups: find.mock.calls.length, hashes: counter.hashes })
  }
  const [first, ...others] = attempts
  expect(first).toMatchObject({ status: 401, lookups: 1, hashes: 1 })
  expect(first?.text).toContain('Wrong user name or password')
  for (const other of others) expect(other).toEqual(first)
})

it('A17 lets nobody in before the first change, whatever the case', async () => {
  const waiting = await openApi()
  await waiting.addAdmin({ mustChangePassword: true })
  const { json } = await waiting.login()
  expect(json).toEqual({ username: 'admin', must_change_password: true, authenticated: false })
  expect(await waiting.login('admin', 'wrong')).toMatchObject({ status: 401 })
})

it('keeps the address and the client of a session, cut', async () => {
  const create = vi.spyOn(api.deps.state.accounts, 'signIn')
  await api.post(LOGIN, { username: 'admin', password: PASSWORD }, { 'user-agent': 'x'.repeat(300) })
  expect(create.mock.calls[0]?.[0].session).toMatchObject({
    address: '192.0.2.1',
    userAgent: 'x'.repeat(200),
  })
})

it('C25 writes no password and no token into the log', async () => {
  const token = await api.token()
  await change('wrong-password-text', NEW)
  await api.get('/api/status', token)
  const log = JSON.stringify(api.lines)
  for (const secret of [PASSWORD, NEW, 'wrong-password-text', token, token.split('.')[2]])
    expect(log).not.toContain(secret)
})
