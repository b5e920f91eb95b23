import { expect, it, vi } from 'vitest'
import { callError } from './call-error.ts'
import { createToken } from './token.ts'

const context = { endpoint: 'http://one:2379', method: 'Auth.Authenticate', sent: true }
const wrongPassword = () => callError('auth_failed', context, 'authentication failed')

function setUp(...answers: readonly (string | Error)[]) {
  let now = 0
  const login = vi.fn(async () => {
    const answer = answers[login.mock.calls.length - 1] ?? 'more'
    if (answer instanceof Error) throw answer
    return answer
  })
  const token = createToken({ clock: { monotonic: () => now }, login, heard: () => undefined })
  return { token, login, pass: (ms: number) => (now += ms) }
}

it('ET6 logs in once for twenty callers, and keeps the token', async () => {
  const { token, login } = setUp('one')
  expect(await Promise.all(Array.from({ length: 20 }, () => token.get()))).toEqual(Array(20).fill('one'))
  expect(await token.get()).toBe('one')
  expect(login).toHaveBeenCalledTimes(1)
})

it('ET6 logs in again once when twenty callers saw the same token refused', async () => {
  const { token, login } = setUp('one', 'two')
  await token.get()
  for (let i = 0; i < 20; i++) token.refused('one')
  expect(await Promise.all([token.get(), token.get()])).toEqual(['two', 'two'])
  token.refused('one')
  expect(await token.get()).toBe('two')
  expect(login).toHaveBeenCalledTimes(2)
})

it('ET8 fails at once for 10 s after a wrong password, with one login', async () => {
  const { token, login, pass } = setUp(wrongPassword(), 'right')
  await expect(token.get()).rejects.toMatchObject({ failure: { kind: 'auth_failed' } })
  pass(9_999)
  await expect(token.get()).rejects.toMatchObject({ failure: { kind: 'auth_failed' } })
  expect(login).toHaveBeenCalledTimes(1)
  pass(1)
  expect(await token.get()).toBe('right')
})

it('tries again at once when the login did not reach etcd', async () => {
  const { token } = setUp(callError('refused', context, 'connect ECONNREFUSED'), 'one')
  await expect(token.get()).rejects.toMatchObject({ failure: { kind: 'refused' } })
  expect(await token.get()).toBe('one')
})

it('uses no token for 60 s when authentication is off, or until etcd wants one', async () => {
  const off = callError('unknown', context, 'etcdserver: authentication is not enabled')
  const { token, login, pass } = setUp(off, off, 'one')
  expect(await token.get()).toBeUndefined()
  pass(59_999)
  expect(await token.get()).toBeUndefined()
  expect(login).toHaveBeenCalledTimes(1)
  pass(1)
  expect(await token.get()).toBeUndefined()
  expect(login).toHaveBeenCalledTimes(2)
  token.refused(undefined)
  expect(await token.get()).toBe('one')
})
