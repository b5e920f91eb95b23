import { generateKeyPairSync } from 'node:crypto'
import { anEvent } from '@etcdmonitor/core/contracts/audit-entries'
import { attemptSignIn } from '@etcdmonitor/core/contracts/state-attempts'
import { AppError } from '@etcdmonitor/core/errors'
import { base64url, SignJWT } from 'jose'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type ApiRig, bearer, NOW, openApi } from '../api-rig.contract.ts'
import { deriveKeyRing, drawKeyRing } from './key-ring.ts'
import { hashSessionId } from './session-gate.ts'

const SECOND = NOW / 1_000

let api: ApiRig
let token: string
beforeEach(async () => {
  api = await openApi()
  await api.addAdmin()
  token = await api.token()
})

const statusOf = async (authorization: string) =>
  (await api.send('/api/status', { headers: { authorization } })).status

/** A token of any content, signed by the API's own key. */
async function forge({
  header = {},
  claims = {},
  key = api.deps.keys.signing.key,
}: Forgery = {}): Promise<string> {
  const jti = 'j'.repeat(22)
  await api.deps.state.sessions.end(await hashSessionId(jti), anEvent())
  await attemptSignIn(api.deps.state, {
    verified: (await api.deps.state.accounts.find('admin'))?.passwordHash ?? '',
    session: {
      idHash: await hashSessionId(jti),
      userId: 'ADMIN',
      kid: 'k',
      expiresAt: 0,
      address: '',
      userAgent: '',
    },
  })
  const all = {
    iss: 'etcdmonitor',
    aud: 'etcdmonitor-api',
    sub: 'ADMIN',
    jti,
    iat: SECOND,
    exp: SECOND + 3_600,
    ...claims,
  }
  const given = Object.entries(all).filter(([, value]) => value !== undefined)
  const head = { alg: 'HS256', typ: 'session+jwt', kid: api.deps.keys.signing.kid, ...header }
  return signed(head, Object.fromEntries(given), key)
}

interface Forgery {
  readonly header?: Record<string, unknown>
  readonly claims?: Record<string, unknown>
  readonly key?: CryptoKey
}

const encode = (value: unknown) => base64url.encode(JSON.stringify(value))

/** By hand, for no library makes most of these. */
async function signed(header: object, claims: object, key: CryptoKey): Promise<string> {
  const text = `${encode(header)}.${encode(claims)}`
  const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))
  return `${text}.${base64url.encode(new Uint8Array(signature))}`
}

describe('the carrier', () => {
  it.each([
    '',
    'Basic x',
    'Bearer',
    'Bearer  TOKEN',
    'Bearer TOKEN b',
    'Bearer TOKEN, Bearer TOKEN',
    'TOKEN',
    'Bearer\tTOKEN',
  ])('T1 refuses %j', async (form) => {
    expect(await statusOf(form.replaceAll('TOKEN', token))).toBe(401)
  })

  it('T2 ignores the case of the scheme', async () => {
    expect(await statusOf(`bearer ${token}`)).toBe(200)
    expect(await statusOf(`BEARER ${token}`)).toBe(200)
  })

  it('T22 T23 C28 takes no token from elsewhere', async () => {
    expect((await api.get(`/api/status?_access_token=${token}`)).status).toBe(401)
    expect((await api.get(`/api/status?token=${token}`)).status).toBe(401)
    expect((await api.send('/api/status', { headers: { cookie: `session_token=${token}` } })).status).toBe(
      401,
    )
    expect(JSON.stringify(api.lines)).not.toContain(token)
  })
})

describe('the token', () => {
  it('is accepted as login gave it, and as long as its twin that was signed by hand', async () => {
    expect(await statusOf(`Bearer ${token}`)).toBe(200)
    expect(await statusOf(`Bearer ${await forge()}`)).toBe(200)
  })

  it('T4 is not verified when it is too long or has other characters', async () => {
    const verify = vi.spyOn(crypto.subtle, 'verify')
    try {
      for (const wrong of ['a'.repeat(4_097), 'a'.repeat(9_216), `${token.slice(0, -1)}+`, `${token}é`])
        expect(await statusOf(`Bearer ${wrong}`)).toBe(401)
      expect(verify).not.toHaveBeenCalled()
      expect(await statusOf(`Bearer ${token}`)).toBe(200)
      expect(verify).toHaveBeenCalledTimes(1)
    } finally {
      verify.mockRestore()
    }
  })

  it.each([
    '..',
    'a.b',
    'a.b.c',
    'HEAD.CLAIMS',
    'HEAD.CLAIMS.',
    '.CLAIMS.SIGN',
    'HEAD..SIGN',
    'HEAD.CLAIMS.SIGN.SIGN',
    'HEAD.CLAIMS.SIGN..',
  ])('T5 has three parts: %s', async (form) => {
    const [head = '', claims = '', sign = ''] = token.split('.')
    const text = form.replaceAll('HEAD', head).replaceAll('CLAIMS', claims).replaceAll('SIGN', sign)
    expect(await statusOf(`Bearer ${text}`)).toBe(401)
  })

  it('T6 C6 does not survive a flipped bit anywhere', async () => {
    const find = vi.spyOn(api.deps.state.sessions, 'find')
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (let at = 0; at < token.length; at += 1) {
      const index = alphabet.indexOf(token[at] ?? '')
      const other = index < 0 ? 'A' : alphabet[index ^ 1]
      expect(await statusOf(`Bearer ${token.slice(0, at)}${other}${token.slice(at + 1)}`)).toBe(401)
    }
    expect(find).not.toHaveBeenCalled()
  })

  it.each([
    ['T7', { alg: 'none' }],
    ['T7', { alg: 'None' }],
    ['T7', { alg: 'nOnE' }],
    ['T8', { alg: 'HS384' }],
    ['T8', { alg: 'HS512' }],
    ['T9', { alg: 'RS256' }],
    ['T9', { alg: 'ES256' }],
    ['T9', { alg: 'EdDSA' }],
    ['T10', { kid: '0000000000000000' }],
    ['T10', { kid: '../../dev/null' }],
    ['T10', { kid: "' OR 1=1" }],
    ['T10', { kid: 'k'.repeat(2_000) }],
    ['T10', { kid: 1 }],
    ['T10', { kid: undefined }],
    ['T11', { jku: 'http://127.0.0.1:9/' }],
    ['T11', { x5u: 'http://127.0.0.1:9/' }],
    ['T11', { jwk: { kty: 'oct', k: 'AAAA' } }],
    ['T12', { crit: ['x'] }],
    ['T12', { b64: false }],
    ['T12', { zip: 'DEF' }],
    ['T15', { typ: 'JWT' }],
    ['T15', { typ: undefined }],
  ])('%s has no other header: %j', async (_, header) => {
    const fetched = vi.spyOn(globalThis, 'fetch')
    const find = vi.spyOn(api.deps.state.sessions, 'find')
    expect(await statusOf(`Bearer ${await forge({ header })}`)).toBe(401)
    expect(find).not.toHaveBeenCalled()
    expect(fetched).not.toHaveBeenCalled()
    fetched.mockRestore()
  })

  it('T8 is no token of another HMAC under the right key', async () => {
    const raw = new Uint8Array(64).fill(7)
    const sha512 = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-512' }, false, [
      'sign',
    ])
    const other = await new SignJWT({ jti: 'x' })
      .setProtectedHeader({ alg: 'HS512', typ: 'session+jwt', kid: api.deps.keys.signing.kid })
      .sign(sha512)
    expect(await statusOf(`Bearer ${other}`)).toBe(401)
  })

  it('T9 is not keyed by the text of a public key', async () => {
    const { publicKey } = generateKeyPairSync('ed25519')
    const pem = new TextEncoder().encode(String(publicKey.export({ type: 'spki', format: 'pem' })))
    const key = await crypto.subtle.importKey('raw', pem, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    expect(await statusOf(`Bearer ${await forge({ key })}`)).toBe(401)
  })

  it.each([
    ['T13', 401, { exp: undefined }],
    ['T13', 401, { exp: '1790003600' }],
    ['T13', 401, { exp: 1e300 }],
    ['T13', 401, { exp: SECOND + 315_360_001 }],
    ['T13', 401, { exp: SECOND + 0.5 }],
    ['T13', 401, { iat: SECOND - 3_631 }], // older than session_timeout and the tolerance of clocks
    ['T13', 401, { iat: undefined }],
    ['T14', 401, { exp: SECOND - 31 }],
    ['T14', 401, { iat: SECOND + 31 }],
    ['T14', 200, { iat: SECOND + 29, exp: SECOND + 3_629 }],
    ['T14', 401, { nbf: SECOND + 31 }],
    ['T15', 401, { iss: 'other' }],
    ['T15', 401, { aud: 'other' }],
    ['T15', 401, { aud: ['etcdmonitor-api'] }],
    ['T16', 401, { sub: 'OTHER' }],
    ['T16', 401, { sub: 1 }],
    ['T16', 401, { sub: {} }],
    ['T16', 401, { sub: undefined }],
    ['T16', 401, { jti: undefined }],
    ['T16', 401, { jti: 5 }],
    ['T16', 401, { role: 'admin' }],
  ])('%s M2 answers %i to the claims %j', async (_, status, claims) => {
    expect(await statusOf(`Bearer ${await forge({ claims })}`)).toBe(status)
  })

  it('T18 has one spelling', async () => {
    expect(await statusOf(`Bearer ${token}=`)).toBe(401)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = alphabet.indexOf(token.at(-1) ?? '')
    const twin = `${token.slice(0, -1)}${alphabet[last ^ 1]}` // two of the last character's bits say nothing
    expect(base64url.decode(twin.split('.')[2] ?? '')).toEqual(base64url.decode(token.split('.')[2] ?? ''))
    expect(await statusOf(`Bearer ${twin}`)).toBe(401)
  })

  it('T20 C8 is refused when its key has gone, and accepted while its key only verifies', async () => {
    const [old, fresh] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]
    const before = await openApi({ keys: await deriveKeyRing([old]) })
    await before.addAdmin()
    const issued = await before.token()
    const ask = async (secrets: Uint8Array<ArrayBuffer>[]) => {
      const rotated = await openApi({ keys: await deriveKeyRing(secrets), state: before.deps.state })
      return (await rotated.get('/api/status', issued)).status
    }
    expect(await ask([fresh, old])).toBe(200)
    expect(await ask([fresh])).toBe(401)
  })
})

describe('the session', () => {
  it('T14 ends at its instant, whatever was believed before', async () => {
    await api.clock.advance(3_600_000 - 200)
    expect((await api.get('/api/status', token)).status).toBe(200)
    await api.clock.advance(199)
    expect((await api.get('/api/status', token)).status).toBe(200)
    await api.clock.advance(1)
    expect((await api.get('/api/status', token)).status).toBe(401)
  })

  it('C9 never ends by itself with session_timeout 0, but by logout', async () => {
    const endless = await openApi({ settings: { sessionTimeoutSeconds: 0 } })
    await endless.addAdmin()
    const { json } = await endless.login()
    expect(json.expires_at).toBe(0)
    await endless.clock.advance(5 * 365 * 86_400_000)
    const status = await endless.get('/api/auth/status', json.session_token)
    expect(status.json).toMatchObject({ authenticated: true, expires_at: 0 })
    await endless.post('/api/auth/logout', {}, bearer(json.session_token))
    expect((await endless.get('/api/status', json.session_token)).status).toBe(401)
  })

  it('T21 needs its row', async () => {
    const { jti } = JSON.parse(new TextDecoder().decode(base64url.decode(token.split('.')[1] ?? '')))
    expect((await api.get('/api/status', token)).status).toBe(200)
    await api.deps.state.sessions.end(await hashSessionId(jti), anEvent())
    await api.clock.advance(500)
    expect((await api.get('/api/status', token)).status).toBe(401)
  })

  it('T17 C7 ends on this process at once and on another within half a second', async () => {
    const other = await openApi({ state: api.deps.state, keys: api.deps.keys })
    for (const process of [api, other]) expect((await process.get('/api/status', token)).status).toBe(200)
    await api.post('/api/auth/logout', {}, bearer(token))
    expect((await api.get('/api/status', token)).status).toBe(401)
    await other.clock.advance(500)
    expect((await other.get('/api/status', token)).status).toBe(401)
  })

  it('C7 is not believed again by a verification that began before its end', async () => {
    const { state } = api.deps
    const held = Promise.withResolvers<void>()
    const find = state.sessions.find
    const slow = {
      ...state,
      sessions: {
        ...state.sessions,
        find: async (id: Uint8Array<ArrayBuffer>) => {
          const found = await find(id)
          await held.promise
          return found
        },
      },
    }
    const gated = await openApi({ state: slow, keys: api.deps.keys })
    const early = gated.get('/api/members', token)
    const logout = gated.post('/api/auth/logout', {}, bearer(token))
    await gated.clock.settle()
    held.resolve()
    expect((await early).status).toBe(200)
    expect((await logout).status).toBe(200)
    expect((await gated.get('/api/members', token)).status).toBe(401)
  })

  it('M1 is verified and looked up once in half a second, however often it is used', async () => {
    const verify = vi.spyOn(crypto.subtle, 'verify')
    const find = vi.spyOn(api.deps.state.sessions, 'find')
    await Promise.all(Array.from({ length: 20 }, () => api.get('/api/members', token)))
    expect([verify.mock.calls.length, find.mock.calls.length]).toEqual([1, 1])
    await api.clock.advance(499)
    await api.get('/api/members', token)
    expect(verify).toHaveBeenCalledTimes(1)
    await api.clock.advance(1)
    await api.get('/api/members', token)
    expect(verify).toHaveBeenCalledTimes(2)
    verify.mockRestore()
  })

  it('T24 C49 answers 503, never 401, while the store is away, and serves a token that was just verified', async () => {
    expect((await api.get('/api/members', token)).status).toBe(200)
    const away = () => Promise.reject(new AppError('auth_store_unavailable', 'away'))
    const find = vi.spyOn(api.deps.state.sessions, 'find').mockImplementation(away)
    expect((await api.get('/api/members', token)).status).toBe(200)
    await api.clock.advance(1_001)
    const answer = await api.get('/api/members', token)
    expect(answer).toMatchObject({ status: 503, json: { code: 'auth_store_unavailable' } })
    expect(answer.headers.get('retry-after')).toBe('2')
    find.mockRestore()
    expect((await api.get('/api/members', token)).status).toBe(200)
  })
})

it('derives keys that others cannot guess from, with ids that name them', async () => {
  const [a, b] = await Promise.all([drawKeyRing(api.deps.random), drawKeyRing(api.deps.random)])
  expect(a.signing.kid).toMatch(/^[0-9a-f]{16}$/)
  expect(a.signing.kid).not.toBe(b.signing.kid)
  const fixed = await deriveKeyRing([new Uint8Array(32).fill(1)])
  expect(fixed.signing.kid).toBe('71844158a482d774')
  await expect(deriveKeyRing([])).rejects.toThrow(RangeError)
})
