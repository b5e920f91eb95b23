import { anEvent } from '@etcdmonitor/core/contracts/audit-entries'
import { AppError } from '@etcdmonitor/core/errors'
import { beforeEach, expect, it, vi } from 'vitest'
import { NOW, openApi, PASSWORD } from '../../api-rig.contract.ts'
import { CHANGE, type CountingApi, NEW, openCountingApi } from './counting-api.contract.ts'

let api: CountingApi['api']
beforeEach(async () => {
  ;({ api } = await openCountingApi())
})

const anonymous = {
  auth_required: true,
  authenticated: false,
  initial_setup_pending: false,
  app_version: '',
  ops_enabled: false,
  kv_read_only: false,
  kv_max_value_size: 0,
  etcd_auth_required: false,
  password_policy: { min_length: 8, max_bytes: 1024 },
}

it.each([undefined, 'garbage', 'a.b.c'])(
  'A30 tells nothing to who has no session: token %j',
  async (token) => {
    const { status, json } = await api.get('/api/auth/status', token)
    expect(status).toBe(200)
    expect(json).toEqual(anonymous)
  },
)

it('tells that operations are switched off', async () => {
  const { state, keys } = api.deps
  const off = await openApi({ state, keys, settings: { isOpsOn: false } })
  expect((await off.get('/api/auth/status', await api.token())).json.ops_enabled).toBe(false)
})

it('tells who is signed in', async () => {
  const { json } = await api.get('/api/auth/status', await api.token())
  expect(json).toEqual({
    ...anonymous,
    authenticated: true,
    username: 'admin',
    expires_at: NOW / 1_000 + 3_600,
    app_version: '1.2.3',
    ops_enabled: true,
    kv_max_value_size: 2_097_152,
  })
})

it('says that the first password waits to be changed, until it is', async () => {
  const first = await openApi()
  const pending = async () => (await first.get('/api/auth/status')).json.initial_setup_pending
  expect(await pending()).toBe(false)
  await first.addAdmin({ mustChangePassword: true })
  expect(await pending()).toBe(true)
  await first.post(CHANGE, { username: 'admin', old_password: PASSWORD, new_password: NEW })
  expect(await pending()).toBe(false)
  const find = vi.spyOn(first.deps.state.accounts, 'find')
  expect(await pending()).toBe(false)
  expect(find).not.toHaveBeenCalled() // strangers ask
})

it('says nothing of a first password when one was reset: no file has that', async () => {
  const { state } = api.deps
  const { passwordHash: to = '' } = (await state.accounts.find('admin')) ?? {}
  await api.clock.advance(1_000)
  const audit = anEvent('RESET', { operation: 'cli_reset_password' })
  await state.accounts.resetPassword({ name: 'admin', to, audit })
  expect((await api.login()).json).toMatchObject({ must_change_password: true })
  expect((await api.get('/api/auth/status')).json.initial_setup_pending).toBe(false)
})

it('answers without the store, but not about a token that it cannot check', async () => {
  const token = await api.token()
  const away = new AppError('auth_store_unavailable', 'away')
  vi.spyOn(api.deps.state.accounts, 'find').mockRejectedValue(away)
  expect((await api.get('/api/auth/status')).json).toEqual(anonymous)
  vi.spyOn(api.deps.state.sessions, 'find').mockRejectedValue(away)
  expect(await api.get('/api/auth/status', token)).toMatchObject({ status: 503 })
  expect(await api.get('/api/auth/status', 'garbage')).toMatchObject({ status: 200 })
})
