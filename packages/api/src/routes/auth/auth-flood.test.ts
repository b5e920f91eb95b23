import { argon2PasswordHasher } from '@etcdmonitor/adapters/argon2/password-hasher'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes } from '@etcdmonitor/adapters/node/random'
import { anEvent } from '@etcdmonitor/core/contracts/audit-entries'
import type { HashSlot, PasswordHasher } from '@etcdmonitor/core/ports/password-hasher'
import { describe, expect, it } from 'vitest'
import { openApi, PASSWORD } from '../../api-rig.contract.ts'

const QUARTER = 900_000
const QUARTERS_OF_A_DAY = 96
const PHC = '$plain$'

/** Knows passwords by their text: a day of attempts takes no hour. */
const plainHasher: PasswordHasher = {
  withSlot: (_, work) =>
    work({
      hash: async (password) => `${PHC}${Buffer.from(password).toString('base64')}`,
      verify: async (stored, password) => stored === `${PHC}${Buffer.from(password).toString('base64')}`,
      isOutdated: () => false,
      stepAside: async () => {},
    }),
}

const codeOf = ({ json }: { readonly json: { readonly code?: string } }) => json.code ?? 'signed_in'

describe('somebody who guesses on', () => {
  it('C2 shuts nobody out who is signed in, and no lock grows or follows at once, for a day', async () => {
    const api = await openApi({ hasher: plainHasher, settings: { sessionTimeoutSeconds: 0 } })
    await api.addAdmin()
    const token = await api.token()
    for (let quarter = 0; quarter < QUARTERS_OF_A_DAY; quarter += 1) {
      const codes = [1, 2, 3, 4, 5, 6].map(async () => codeOf(await api.login('admin', 'wrong')))
      expect((await Promise.all(codes)).toSorted()).toEqual([
        'account_locked',
        ...Array(5).fill('invalid_credentials'),
      ])
      expect((await api.get('/api/status', token)).status).toBe(200)
      await api.clock.advance(QUARTER)
    }
    expect(codeOf(await api.login('admin', 'wrong'))).toBe('invalid_credentials')
    expect(codeOf(await api.login())).toBe('signed_in')
  })

  it('A15 does not move the end of a lock', async () => {
    const api = await openApi({ hasher: plainHasher })
    await api.addAdmin()
    for (let i = 0; i < 5; i += 1) await api.login('admin', 'wrong')
    for (const passed of [1_000, 599_000, 299_000]) {
      await api.clock.advance(passed)
      expect(codeOf(await api.login('admin', 'wrong'))).toBe('account_locked')
    }
    const { headers } = await api.login()
    expect(headers.get('retry-after')).toBe('1')
    await api.clock.advance(1_000)
    expect(codeOf(await api.login())).toBe('signed_in')
  })

  it('C2 locks again within seconds of an unlock; a name that he does not know is a way in', async () => {
    const api = await openApi({ hasher: plainHasher })
    await api.addAdmin()
    const { state } = api.deps
    const admin = await state.accounts.find('admin')
    const passwordHash = admin?.passwordHash ?? ''
    const other = { id: 'OTHER', username: 'way-in-7k', passwordHash, mustChangePassword: false }
    await state.accounts.add(other, anEvent())
    const guess = (index: number) =>
      api.post(
        '/api/auth/login',
        { username: 'admin', password: 'wrong' },
        {},
        { peer: `192.0.2.${index % 3}` },
      )
    for (let second = 0; second < 10; second += 1) {
      if (second % 2 === 0) await state.guard.clear('admin', anEvent())
      await Promise.all(Array.from({ length: 10 }, (_, index) => guess(index)))
      expect(codeOf(await api.login())).toBe('account_locked')
      expect(codeOf(await api.login('way-in-7k'))).toBe('signed_in')
      await api.clock.advance(1_000)
    }
  })
})

it('C5 A19 runs two hashes at a time under 64 attempts at once, and tells all others when to come back', async () => {
  let running = 0
  let most = 0
  const real = argon2PasswordHasher({ clock: systemClock, random: randomBytes })
  const count =
    <A extends readonly unknown[], R>(work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      running += 1
      most = Math.max(most, running)
      try {
        return await work(...args)
      } finally {
        running -= 1
      }
    }
  const counted = (slot: HashSlot): HashSlot => ({
    ...slot,
    verify: count(slot.verify),
    hash: count(slot.hash),
  })
  const hasher: PasswordHasher = {
    withSlot: (address, work) => real.withSlot(address, (slot) => work(counted(slot))),
  }
  const api = await openApi({ hasher, clock: systemClock })
  await api.addAdmin()
  const attempt = (index: number) =>
    api.post(
      '/api/auth/login',
      { username: `nobody-${index}`, password: PASSWORD },
      {},
      { peer: `192.0.2.${index}` },
    )
  const answers = await Promise.all(Array.from({ length: 64 }, (_, index) => attempt(index)))
  const refused = answers.filter(({ status }) => status === 503)
  expect(most).toBe(2)
  expect(new Set(answers.map(codeOf))).toEqual(new Set(['invalid_credentials', 'login_capacity']))
  expect(refused.length).toBeGreaterThanOrEqual(64 - 18)
  expect(refused.map(({ headers }) => headers.get('retry-after'))).toEqual(refused.map(() => '1'))
})

it('C5 holds refusals back, so that who tries again at once has few attempts a second', async () => {
  const api = await openApi({ hasher: plainHasher, settings: { loginRatePerMinute: 60 } })
  await api.addAdmin()
  for (let used = 0; used < 12; used += 1) expect((await api.login('nobody')).status).toBe(401)
  let refusals = 0
  const lane = async () => {
    while (api.clock.monotonic() < 900) {
      expect(codeOf(await api.login())).toBe('rate_limited')
      refusals += 1
    }
  }
  let isOver = false
  const lanes = Promise.all(Array.from({ length: 16 }, lane)).finally(() => (isOver = true))
  const other = { peer: '192.0.2.2' }
  const right = await api.post('/api/auth/login', { username: 'admin', password: PASSWORD }, {}, other)
  expect(codeOf(right)).toBe('signed_in')
  expect(refusals).toBe(0)
  while (!isOver) await api.clock.advance(10)
  await lanes
  expect(refusals).toBeLessThanOrEqual(16 * 4)
})
