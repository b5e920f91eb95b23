import { beforeEach, describe, expect, it } from 'vitest'
import { type ApiRig, bearer, JSON_TYPE, openApi } from '../api-rig.contract.ts'

let api: ApiRig
let token: string
beforeEach(async () => {
  api = await openApi()
  await api.addAdmin()
  token = await api.token()
})

const login = (body: NonNullable<RequestInit['body']>, headers: Record<string, string> = JSON_TYPE) =>
  api.send('/api/auth/login', { method: 'POST', body, headers, duplex: 'half' })
const credentials = '{"username":"admin","password":"x"}'

describe('the body of a request', () => {
  it.each([
    ['G17', 'text', { 'content-type': 'text/plain' }],
    ['G17', 'a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['G17', 'no type', {}],
    ['G18', 'another charset', { 'content-type': 'application/json; charset=utf-16' }],
    ['G18', 'another parameter', { 'content-type': 'application/json; x=y' }],
    ['G19', 'a compressed body', { ...JSON_TYPE, 'content-encoding': 'gzip' }],
  ])('%s refuses %s', async (_, __, headers: Record<string, string>) => {
    const answer = await login(new TextEncoder().encode(credentials), headers) // bytes: Request adds no type
    expect(answer).toMatchObject({ status: 415, json: { code: 'unsupported_media_type' } })
  })

  it.each(['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON;charset="UTF-8"'])(
    'takes %s',
    async (type) => {
      expect((await login(credentials, { 'content-type': type })).status).toBe(401)
    },
  )

  it.each([
    ['G20', 'empty', ''],
    ['G21', 'syntax', '{'],
    ['G21', 'syntax', 'NaN'],
    ['G21', 'syntax', "{'a':1}"],
    ['G21', 'syntax', '\ufeff{}'],
    ['G21', 'syntax', '{"a":"'],
    ['G21', 'trailing_data', '{"a":1}x'],
    ['G21', 'trailing_data', '{}{}'],
    ['G24', 'duplicate_member', '{"username":"a","username":"b","password":"c"}'],
    ['G24', 'duplicate_member', '{"username":"a","\\u0075sername":"b"}'],
    ['G24', 'duplicate_member', '{"x":[{"a":1,"a":2}]}'],
    ['G25', 'forbidden_member', '{"__proto__":{"admin":true}}'],
    ['G25', 'forbidden_member', '{"x":{"\\u005f_proto__":1}}'],
    ['G26', 'too_deep', `{"a":${'['.repeat(32)}${']'.repeat(32)}}`],
    ['G26', 'too_deep', '['.repeat(10_000)],
  ])('%s refuses with the reason %s: %.40s', async (_, reason, body) => {
    const answer = await login(body)
    expect(answer).toMatchObject({ status: 400, json: { code: 'malformed_json', reason } })
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  it('G26 takes a body of 32 levels for the schema to judge', async () => {
    const answer = await login(`{"a":${'['.repeat(31)}${']'.repeat(31)}}`)
    expect(answer.json.code).toBe('validation_failed')
  })

  it('G27 refuses a byte that is no UTF-8', async () => {
    const bytes = new TextEncoder().encode('{"username":"a","password":"?"}').with(28, 0xff)
    expect(await login(bytes)).toMatchObject({ json: { code: 'malformed_json', reason: 'invalid_utf8' } })
  })

  it.each(['[]', 'null', '"x"', '1'])('G22 refuses %s as a whole', async (body) => {
    expect(await login(body)).toMatchObject({
      status: 400,
      json: { code: 'validation_failed', errors: [{ in: 'body', pointer: '', code: 'wrong_type' }] },
    })
  })

  it.each([
    ['G23', '{"username":"admin","password":"x","role":"root"}', '/role'],
    ['G25', '{"username":"admin","password":"x","constructor":{"prototype":{}}}', '/constructor'],
  ])('%s C45 refuses a member that is not known: %s', async (_, body, pointer) => {
    expect(await login(body)).toMatchObject({
      status: 400,
      json: { code: 'validation_failed', errors: [{ in: 'body', pointer, code: 'unknown_member' }] },
    })
  })

  it('G28 refuses half of a surrogate pair', async () => {
    expect(await login('{"username":"admin","password":"\\ud800"}')).toMatchObject({
      status: 400,
      json: { code: 'validation_failed', errors: [{ pointer: '/password', code: 'lone_surrogate' }] },
    })
  })

  it('G29 C37 stops reading a body that is too large', async () => {
    let pulled = 0
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 16_384
        controller.enqueue(new Uint8Array(16_384).fill(32))
      },
    })
    const answer = await login(endless)
    expect(answer).toMatchObject({
      status: 413,
      json: { code: 'payload_too_large', limit: 'body', max_bytes: 65_536 },
    })
    expect(pulled).toBeLessThanOrEqual(65_536 + 2 * 16_384)
  })

  it('G30 refuses a declared length without reading', async () => {
    const untouched = new ReadableStream(
      { pull: () => Promise.reject(new Error('was read')) },
      { highWaterMark: 0 },
    )
    const answer = await login(untouched, { ...JSON_TYPE, 'content-length': String(2 ** 30) })
    expect(answer.status).toBe(413)
  })

  it('reads a body of a declared length as a whole, not as a stream that outlives its request', async () => {
    const headers = { ...JSON_TYPE, 'content-length': String(credentials.length) }
    const url = 'http://console.test/api/auth/login'
    const request = new Request(url, { method: 'POST', body: credentials, headers })
    Object.defineProperty(request, 'body', {
      get() {
        throw new Error('was opened')
      },
    })
    expect((await api.app.fetch(request, { peer: '' })).status).toBe(401)
  })

  it('G29 refuses a body that is larger than it was declared', async () => {
    const answer = await login('x'.repeat(65_537), { ...JSON_TYPE, 'content-length': '5' })
    expect(answer).toMatchObject({ status: 413, json: { code: 'payload_too_large' } })
  })

  it('G34 ends the wait for a body after 15 s', async () => {
    const waiting = login(new ReadableStream())
    await api.clock.advance(14_999)
    await api.clock.advance(1)
    expect(await waiting).toMatchObject({ status: 408, json: { code: 'request_timeout' } })
  })

  it('G40 ignores the body of a route that takes none, up to the limit', async () => {
    const logout = (length: number) =>
      api.send('/api/auth/logout', { method: 'POST', body: 'x'.repeat(length), headers: bearer(token) })
    expect(await logout(65_537)).toMatchObject({ status: 413, json: { code: 'payload_too_large' } })
    expect((await logout(65_536)).status).toBe(200)
  })

  it('gives the earlier answer to a request that is wrong in two ways', async () => {
    const headers = { 'content-type': 'text/plain' }
    const send = (path: string, body: string, more = {}) =>
      api.send(path, { method: 'POST', body, headers: { ...headers, ...more } })
    expect((await send('/api/nope', '{')).status).toBe(401)
    expect((await send('/api/status', '{', bearer(token))).status).toBe(405)
    expect((await send('/api/auth/login', 'x'.repeat(70_000))).status).toBe(415)
    expect((await send('/api/auth/login', 'x'.repeat(70_000), JSON_TYPE)).status).toBe(413)
    expect((await send('/api/auth/login?a=1', '{', JSON_TYPE)).json.code).toBe('malformed_json')
  })
})
