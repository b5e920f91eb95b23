import type { AuditFilter } from '@etcdmonitor/core/audit/audit-event'
import { AppError } from '@etcdmonitor/core/errors'
import { beforeEach, expect, it, vi } from 'vitest'
import { type ApiRig, bearer, openApi, PASSWORD } from '../api-rig.contract.ts'

const NEW = 'another password'

let api: ApiRig
beforeEach(async () => {
  api = await openApi()
  await api.addAdmin()
})

const entries = async (filter: AuditFilter = {}) =>
  (await api.deps.state.audit.page(filter, { size: 100 })).entries
const change = (old: string, wanted: string) =>
  api.post('/api/auth/change-password', { username: 'admin', old_password: old, new_password: wanted })
const logout = (token: string) => api.send('/api/auth/logout', { method: 'POST', headers: bearer(token) })

const OF_ADMIN = { username: 'admin', userId: 'ADMIN', address: '192.0.2.1', target: '192.0.2.1' }
const OK = { class: 'act', verdict: 'succeeded', code: '', message: 'ok', count: 1 }
const WRONG = {
  class: 'failure',
  verdict: 'failed',
  code: 'invalid_credentials',
  message: 'invalid_credentials',
}

it('tells of a sign-in and of the sign-out of the same session', async () => {
  const answer = await api.login()
  await logout(answer.json.session_token)
  const [out, entered] = await entries()
  expect(entered).toMatchObject({
    ...OF_ADMIN,
    ...OK,
    operation: 'login',
    requestId: answer.headers.get('x-request-id'),
    sessionRef: expect.stringMatching(/^[0-9a-f]{8}$/),
  })
  expect(out).toMatchObject({ ...OF_ADMIN, ...OK, operation: 'logout', sessionRef: entered?.sessionRef })
})

it('tells nothing twice of a session that two end at once', async () => {
  const token = await api.token()
  await Promise.all([logout(token), logout(token)])
  expect(await entries({ operation: 'logout' })).toHaveLength(1)
})

it('tells of a right password that opens nothing yet', async () => {
  const first = await openApi()
  await first.addAdmin({ mustChangePassword: true })
  await first.login()
  const page = await first.deps.state.audit.page({}, { size: 10 })
  const must = { operation: 'login', sessionRef: '', message: 'must_change_password' }
  expect(page.entries).toMatchObject([{ ...OF_ADMIN, ...OK, ...must }])
})

it('tells of a change of the password, and why a new one was refused', async () => {
  await change(PASSWORD, 'short')
  await change(PASSWORD, NEW)
  expect(await entries({ operation: 'change_password' })).toMatchObject([
    { ...OF_ADMIN, ...OK },
    {
      ...OF_ADMIN,
      class: 'failure',
      verdict: 'failed',
      code: 'weak_password',
      message: 'the new password needs at least 8 characters',
    },
  ])
})

it('tells of wrong passwords and of the lock that they begin, of accounts and strangers alike', async () => {
  for (const name of ['admin', 'nobody']) {
    for (let times = 0; times < 6; times += 1) await api.login(name, 'wrong')
    await api.clock.advance(60_000)
    const of = await entries({ username: name })
    expect(of.map(({ operation }) => operation)).toEqual(['login', 'login_lockout', 'login'])
    expect(of).toMatchObject([
      {
        ...WRONG,
        count: 5,
        params: expect.stringContaining('"counts":{"invalid_credentials":4,"account_locked":1},"first_at":'),
      },
      { class: 'failure', verdict: 'failed', code: 'account_locked', count: 1 },
      { ...WRONG, count: 1, params: '{}' },
    ])
    for (const entry of of) expect(entry).not.toHaveProperty('userId')
  }
})

it('tells of a lock that begins with what dead processes left', async () => {
  const { state, settings } = api.deps
  for (let left = 0; left < 5; left += 1) await state.guard.reserve('admin', settings.lockout)
  await api.clock.advance(10_001)
  expect((await api.login()).json.code).toBe('account_locked')
  const of = await entries({ username: 'admin' })
  expect(of.map(({ operation }) => operation)).toEqual(['login', 'login_lockout'])
})

it('lets nobody in whose sign-in cannot be recorded', async () => {
  vi.spyOn(api.deps.state.accounts, 'signIn').mockRejectedValue(
    new AppError('auth_store_unavailable', 'away'),
  )
  expect(await api.login()).toMatchObject({ status: 503, json: { code: 'auth_store_unavailable' } })
  expect(await entries()).toEqual([])
})

it('C25 holds no password and no token', async () => {
  const token = await api.token()
  await api.login('admin', 'wrong-password-text')
  await api.login(PASSWORD.replace(' ', '-'), 'password-typed-as-name')
  await change(PASSWORD, 'short')
  await change(PASSWORD, NEW)
  await logout(token)
  await api.clock.advance(60_000)
  const text = JSON.stringify(await entries())
  for (const secret of [PASSWORD, NEW, 'wrong-password-text', 'password-typed-as-name', '"short"', token])
    expect(text).not.toContain(secret)
})
