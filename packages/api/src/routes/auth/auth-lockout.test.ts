import { argon2PasswordHasher } from '@etcdmonitor/adapters/argon2/password-hasher'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes } from '@etcdmonitor/adapters/node/random'
import type { PasswordHasher } from '@etcdmonitor/core/ports/password-hasher'
import type { Clock } from '@etcdmonitor/core/time'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Answer, type ApiRig, openApi, PASSWORD } from '../../api-rig.contract.ts'

let api: ApiRig
let verified: number
/** @param options `clock`: of refusals, which are held back */
async function open(options: { readonly clock?: Clock } = {}) {
  const real = argon2PasswordHasher({ clock: systemClock, random: randomBytes })
  const hasher: PasswordHasher = {
    withSlot: (address, work) =>
      real.withSlot(address, (slot) =>
        work({
          ...slot,
          verify: (...args) => {
            verified += 1
            return slot.verify(...args)
          },
        }),
      ),
  }
  api = await openApi({ hasher, ...options })
  await api.addAdmin()
  verified = 0
}
beforeEach(() => open())

const guess = (username = 'admin') => api.login(username, 'a wrong guess')
const fail = async (times: number, username?: string) => {
  for (let i = 0; i < times; i += 1)
    expect(await guess(username)).toMatchObject({ status: 401, json: { code: 'invalid_credentials' } })
}
const change = (old_password: string, new_password = 'battery staple') =>
  api.post('/api/auth/change-password', { username: 'admin', old_password, new_password })

/** What a client can tell apart, without what differs from request to request. */
const seen = ({ status, headers, text }: Answer) => ({
  status,
  text: text.replaceAll(headers.get('x-request-id') ?? '', ''),
  headers: [...headers].filter(([name]) => name !== 'x-request-id'),
})

describe('the lock', () => {
  it('A9 follows the fifth failure, tells the time that is left, and no password is looked at', async () => {
    await fail(5)
    const refused = await api.login()
    expect(refused).toMatchObject({
      status: 401,
      json: { code: 'account_locked', error: 'Too many failed attempts. Try again in 15 minutes' },
    })
    expect(refused.headers.get('retry-after')).toBe('900')
    expect(verified).toBe(5)
    await api.clock.advance(840_500)
    const later = await api.login()
    expect(later.json.error).toBe('Too many failed attempts. Try again in 1 minutes')
    expect(later.headers.get('retry-after')).toBe('60')
    await api.clock.advance(59_500)
    expect((await api.login()).status).toBe(200)
  })

  it('A11 is shared by signing in and changing the password', async () => {
    await fail(2)
    for (let i = 0; i < 3; i += 1) expect((await change('wrong')).json.code).toBe('invalid_credentials')
    expect((await change(PASSWORD)).json.code).toBe('account_locked')
    expect((await api.login()).json.code).toBe('account_locked')
  })

  it('A14 leaves sessions that exist alone', async () => {
    const token = await api.token()
    await fail(5)
    expect((await api.get('/api/status', token)).status).toBe(200)
  })

  it('A10 C3 answers for unknown names byte by byte as for accounts', async () => {
    for (let i = 0; i < 7; i += 1) expect(seen(await guess('nobody'))).toEqual(seen(await guess()))
  })
})

describe('the counter', () => {
  it('A12 begins anew with a right password, also one that opens nothing', async () => {
    await fail(4)
    expect((await api.login()).status).toBe(200)
    await fail(4)
    expect((await change(PASSWORD, 'short')).json.code).toBe('weak_password')
    await fail(4)
    expect((await change(PASSWORD)).status).toBe(200)
  })

  it('does not count what was refused before a password was looked at', async () => {
    await fail(4)
    for (const body of [{ username: 'admin' }, { username: 'admin', password: 5 }, {}])
      expect((await api.post('/api/auth/login', body)).status).toBe(400)
    expect((await api.login()).status).toBe(200)
  })

  it('lets six right passwords at once in', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => api.login()))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
  })

  it('A13 verifies exactly five of many wrong guesses at once', async () => {
    await open({ clock: systemClock })
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        api.post(
          '/api/auth/login',
          { username: 'admin', password: `guess ${index}` },
          {},
          { peer: `192.0.2.${index}` },
        ),
      ),
    )
    expect(answers.filter(({ json }) => json.code === 'invalid_credentials')).toHaveLength(5)
    expect(verified).toBe(5)
    expect((await api.login()).json.code).toBe('account_locked')
  })

  it('does not count a stored hash that is damaged', async () => {
    const broken = await openApi()
    await broken.addAdmin({ passwordHash: 'no hash' })
    for (let i = 0; i < 6; i += 1) expect((await broken.login()).status).toBe(500)
  })
})
