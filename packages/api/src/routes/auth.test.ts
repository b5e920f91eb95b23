import { argon2PasswordHasher } from '@etcdmonitor/adapters/argon2/password-hasher'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes } from '@etcdmonitor/adapters/node/random'
import { AppError } from '@etcdmonitor/core/errors'
import type { HashSlot, PasswordHasher } from '@etcdmonitor/core/ports/password-hasher'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type Answer, type ApiRig, bearer, NOW, openApi, PASSWORD } from '../api-rig.contract.ts'
import { hashSessionId } from '../auth/session-gate.ts'
import type { ApiDeps } from '../deps.ts'

const LOGIN = '/api/auth/login'
const CHANGE = '/api/auth/change-password'
const NEW = 'battery staple'

/** The real hasher, which counts; `beforeHash` is awaited before each new hash. */
function countingHasher() {
  const real = argon2PasswordHasher({ clock: systemClock, random: randomBytes })
  const counter = { hashes: 0, beforeHash: async () => {} }
  const count = (slot: HashSlot): HashSlot => ({
    ...slot,
    verify: (...args) => {
      counter.hashes += 1
      return slot.verify(...args)
    },
    hash: async (password) => {
      counter.hashes += 1
      await counter.beforeHash()
      return slot.hash(password)
    },
  })
  const hasher: PasswordHasher = {
    withSlot: (address, work) => real.withSlot(address, (slot) => work(count(slot))),
  }
  return { hasher, counter }
}

let api: ApiRig
let counter: ReturnType<typeof countingHasher>['counter']
beforeEach(async () => {
  const counting = countingHasher()
  counter = counting.counter
  api = await openApi({ hasher: counting.hasher })
  await api.addAdmin()
  counter.hashes = 0
})

const change = (old_password: string, new_password: string, username = 'admin') =>
  api.post(CHANGE, { username, old_password, new_password })

/** What a client can tell apart, without what differs from request to request. */
const seen = ({ status, headers, text }: Answer) => {
  const id = headers.get('x-request-id') ?? ''
  return {
    status,
    text: text.replaceAll(id, ''),
    headers: [...headers].filter(([name]) => name !== 'x-request-id'),
  }
}

describe('signing in', () => {
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
    const refused = await login('2001:db8::3')
    expect(refused).toMatchObject({ status: 429, json: { code: 'rate_limited' } })
    expect(refused.headers.get('retry-after')).toBe('6')
    expect((await login('2001:db8::3', { 'x-forwarded-for': '127.0.0.1' })).status).toBe(429)
    expect(await attempt(LOGIN, '2001:db8::3')).toBe(400) // a malformed one does not count
    expect((await login('2001:db8:0:1::1')).status).toBe(401)
    await limited.clock.advance(6_000)
    expect((await login('2001:db8::3')).status).toBe(401)
  })

  it('hashes a right password anew, once, where the stored hash has other parameters', async () => {
    const older = await openApi()
    const passwordHash =
      '$argon2id$v=19$m=8192,t=1,p=1$YSBzYWx0IG9mIGEgdGVzdA$3JyJHeJSWQyMEQuCysf4LHHyE4mzLhr9PM7trx8c7NM'
    await older.addAdmin({ passwordHash })
    const stored = async () => (await older.deps.state.accounts.find('admin'))?.passwordHash
    expect((await older.login('admin', 'wrong')).status).toBe(401)
    expect(await stored()).toBe(passwordHash)
    expect((await older.login()).status).toBe(200)
    const renewed = await stored()
    expect(renewed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect((await older.login()).status).toBe(200)
    expect(await stored()).toBe(renewed)
  })

  it('C12 slows the noisy client of a trusted proxy alone, and remembers where a session came from', async () => {
    const settings = { loginRatePerMinute: 10, trustedProxies: ['10.0.0.0/8'] }
    const proxied = await openApi({ settings })
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

  it('answers 503 at once when too many wait for a place to hash', async () => {
    const hasher: PasswordHasher = {
      withSlot: () => Promise.reject(new AppError('login_capacity', 'full', { details: { retry_after: 1 } })),
    }
    const busy = await openApi({ hasher })
    const answer = await busy.login()
    expect(answer).toMatchObject({ status: 503, json: { code: 'login_capacity' } })
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(answer.json).not.toHaveProperty('retry_after')
  })

  it.each(['find', 'signIn'] as const)(
    'A20 C49 answers 503 to a right password while the store is away at %s',
    async (method) => {
      vi.spyOn(api.deps.state.accounts, method).mockRejectedValue(
        new AppError('auth_store_unavailable', 'away'),
      )
      expect(await api.login()).toMatchObject({ status: 503, json: { code: 'auth_store_unavailable' } })
      expect(await api.login('admin', 'wrong')).toMatchObject({ status: method === 'find' ? 503 : 401 })
    },
  )

  it('A21 M18 calls a damaged hash a bug, never a wrong password', async () => {
    const broken = await openApi()
    await broken.addAdmin({ passwordHash: '$argon2id$damaged' })
    expect(await broken.login()).toMatchObject({ status: 500, json: { code: 'internal' } })
    expect(broken.lines.find(({ level }) => level === 'error')?.fields.error).toMatchObject({
      message: 'the stored password hash of account admin is damaged',
    })
  })

  it('A21 tells a damaged hash also while the store does not take that the attempt is void', async () => {
    const broken = await openApi()
    await broken.addAdmin({ passwordHash: '$argon2id$damaged' })
    vi.spyOn(broken.deps.state.guard, 'settle').mockRejectedValue(
      new AppError('auth_store_unavailable', 'away'),
    )
    expect(await broken.login()).toMatchObject({ status: 500, json: { code: 'internal' } })
    expect(broken.lines.find(({ level }) => level === 'error')?.fields.error).toMatchObject({
      message: 'the stored password hash of account admin is damaged',
    })
  })

  it('makes a new hash of a password whose hash has other parameters', async () => {
    const old = await openApi()
    // "password", hashed elsewhere with m=256,t=2,p=1
    const passwordHash =
      '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4'
    await old.addAdmin({ passwordHash })
    expect((await old.login('admin', 'password')).status).toBe(200)
    const stored = (await old.deps.state.accounts.find('admin'))?.passwordHash
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect((await old.login('admin', 'password')).status).toBe(200)
    expect((await old.deps.state.accounts.find('admin'))?.passwordHash).toBe(stored)
  })

  it('C7 gives no session when the password changes between its check and the session', async () => {
    const { accounts } = api.deps.state
    const signIn = accounts.signIn
    vi.spyOn(accounts, 'signIn').mockImplementationOnce(async (input) => {
      expect((await change(PASSWORD, NEW)).status).toBe(200)
      return signIn(input)
    })
    expect(await api.login()).toMatchObject({ status: 401, json: { code: 'invalid_credentials' } })
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
})

describe('changing the password', () => {
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
})

describe('signing out', () => {
  it('A29 ends this session once, and no other', async () => {
    const [token, other] = [await api.token(), await api.token()]
    const logout = () => api.send('/api/auth/logout', { method: 'POST', headers: bearer(token) })
    expect(await logout()).toMatchObject({ status: 200, json: { message: 'Logged out' } })
    expect(await logout()).toMatchObject({ status: 401, json: { code: 'unauthenticated' } })
    expect((await api.get('/api/status', other)).status).toBe(200)
  })

  it('ends a session that two requests end at once for one of them', async () => {
    const token = await api.token()
    const logout = () => api.send('/api/auth/logout', { method: 'POST', headers: bearer(token) })
    const statuses = await Promise.all([logout(), logout()])
    expect(statuses.map(({ status }) => status).toSorted()).toEqual([200, 401])
  })
})

describe('the status', () => {
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
})
