import { beforeEach, describe, expect, it } from 'vitest'
import { type ApiRig, bearer, openApi } from '../api-rig.contract.ts'

let api: ApiRig
let token: string
beforeEach(async () => {
  api = await openApi()
  await api.addAdmin()
  token = await api.token()
})

describe('paths and methods', () => {
  it.each([
    ['G1', '/api/nope'],
    ['G1', '/api'],
    ['G1', '/api/'],
    ['G1', '/api/kv/tabs'],
    ['G2', '/api//status'],
    ['G3', '/api/status/'],
    ['G3', '/api/:key'],
    ['G3', '/api/kv/v3/:x'],
    ['G5', '/api/%73tatus'],
    ['G5', '/api/status%2f..%2fdebug'],
    ['G5', '/api/status%3f'],
  ])('%s %s is no route, which only a session learns', async (_, path) => {
    expect(await api.get(path)).toMatchObject({ status: 401, json: { code: 'unauthenticated' } })
    expect(await api.get(path, token)).toMatchObject({ status: 404, json: { code: 'not_found' } })
  })

  it.each([
    ['G2', '//api/status'],
    ['G3', '/API/Status'],
    ['G3', '/tools/api/status'],
    ['G7', '/..%2f..%2fconfig.yaml'],
    ['G7', '/%2e%2e/config.yaml'],
    ['H3', '/metrics'],
  ])('%s %s is no file, with and without a session', async (_, path) => {
    expect(await api.get(path)).toMatchObject({ status: 404, json: { code: 'not_found' } })
    expect(await api.get(path, token)).toMatchObject({ status: 404, json: { code: 'not_found' } })
  })

  it.each(['/x/../api/status', '/api/%2e%2e/api/status'])('G4 %s is /api/status', async (path) => {
    expect((await api.get(path)).status).toBe(401)
    expect((await api.get(path, token)).status).toBe(200)
  })

  it.each(['/api/%00', '/api/%ff', '/api/%zz', '/api/%ed%a0%80', '/%zz'])(
    'G6 %s cannot be read',
    async (path) => {
      for (const sent of [undefined, token])
        expect(await api.get(path, sent)).toMatchObject({ status: 400, json: { code: 'malformed_request' } })
    },
  )

  it('G9 tells the methods of a path: to anybody where it is public', async () => {
    const remove = (headers = {}) => api.send('/api/status', { method: 'DELETE', headers })
    expect((await remove()).status).toBe(401)
    const refused = await remove(bearer(token))
    expect(refused).toMatchObject({ status: 405, json: { code: 'method_not_allowed' } })
    expect(refused.headers.get('allow')).toBe('GET, HEAD')
    const open = await api.get('/api/auth/login')
    expect(open.status).toBe(405)
    expect(open.headers.get('allow')).toBe('POST')
  })

  it('G8 does not answer TRACE', async () => {
    const traced = new Request('http://console.test/api/status')
    Object.defineProperty(traced, 'method', { value: 'TRACE' }) // Request refuses it; a socket does not
    const { status } = await api.app.fetch(traced, { peer: '' })
    expect(status).toBe(405)
  })

  it('G10 ignores a method override', async () => {
    const headers = { ...bearer(token), 'x-http-method-override': 'DELETE' }
    expect((await api.send('/api/status', { headers })).status).toBe(200)
  })

  it.each(['/api/status', '/api/openapi.json'])(
    'G11 answers HEAD %s as GET, without the body',
    async (path) => {
      const headers = { ...bearer(token), 'accept-encoding': 'gzip' }
      const whole = await api.send(path, { headers })
      const head = await api.send(path, { method: 'HEAD', headers })
      expect(head).toMatchObject({ status: 200, text: '' })
      const told = (answer: typeof head) => ({ ...Object.fromEntries(answer.headers), 'x-request-id': '' })
      expect(told(head)).toEqual(told(whole))
      expect(head.headers.get('content-encoding')).toBe('gzip')
    },
  )

  it('G12 C28 treats OPTIONS as any method', async () => {
    const preflight = (headers = {}) =>
      api.send('/api/status', { method: 'OPTIONS', headers: { origin: 'https://evil.example', ...headers } })
    expect((await preflight()).status).toBe(401)
    expect((await preflight(bearer(token))).status).toBe(405)
  })
})

describe('heads', () => {
  it('G15 refuses what the server found wrong in the head', async () => {
    const answer = await api.send('/api/status', {}, { fault: 'the request has more than one host header' })
    expect(answer).toMatchObject({ status: 400, json: { code: 'malformed_request' } })
  })

  it('G16 C28 answers under allowed host names alone, but for probes', async () => {
    const strict = await openApi({ settings: { allowedHosts: ['console.example'] } })
    const ask = (host: string, path = '/api/auth/status') => strict.send(path, { headers: { host } })
    expect(await ask('evil.example')).toMatchObject({ status: 421, json: { code: 'misdirected_request' } })
    expect(await ask('evil.example', '/')).toMatchObject({ status: 421 })
    expect((await ask('Console.Example:9090')).status).toBe(200)
    expect((await ask('evil.example', '/healthz')).status).toBe(200)
    expect((await ask('evil.example', '/readyz')).status).toBe(503) // no account yet
    expect((await api.send('/api/auth/status', { headers: { host: 'evil.example' } })).status).toBe(200)
  })

  it('G33 refuses a URL of 8,193 bytes', async () => {
    const path = (length: number) => `/api/auth/status?_=${'x'.repeat(length - '/api/auth/status?_='.length)}`
    expect((await api.get(path(8_192))).status).toBe(200)
    expect(await api.get(path(8_193))).toMatchObject({ status: 414, json: { code: 'uri_too_long' } })
  })

  it('G36 answers errors as problems whatever is accepted', async () => {
    expect((await api.send('/api/status', { headers: { accept: 'text/html' } })).status).toBe(401)
  })
})

describe('queries', () => {
  it.each([
    ['a parameter given twice', '?member_id=1&member_id=2'],
    ['33 parameters', `?${Array.from({ length: 33 }, (_, index) => `_${index}=1`).join('&')}`],
    ['bytes that are no UTF-8', '?member_id=%ff'],
  ])('G31 refuses %s', async (_, query) => {
    const answer = await api.get(`/api/current${query}`, token)
    expect(answer).toMatchObject({ status: 400, json: { code: 'malformed_request' } })
  })

  it.each([
    '/api/current?member_id[]=1',
    '/api/status?unknown=1',
    '/api/status?unknown=',
    '/api/auth/status?__x&y',
  ])('G32 refuses the unknown parameter of %s', async (path) => {
    const answer = await api.get(path, token)
    expect(answer).toMatchObject({
      status: 400,
      json: { code: 'validation_failed', errors: [{ in: 'query', code: 'unknown_parameter' }] },
    })
  })

  it('G32 ignores names that begin with _', async () => {
    expect((await api.get('/api/status?_=1&_=2', token)).status).toBe(200)
    expect((await api.get('/api/current?_=1&member_id=', token)).status).toBe(200)
  })
})

describe('answers', () => {
  it('M22 compresses JSON of 1 KiB for those who take it, never under /api/auth', async () => {
    const ask = (path: string, encoding: string) =>
      api.app.fetch(
        new Request(`http://console.test${path}`, {
          headers: { ...bearer(token), 'accept-encoding': encoding },
        }),
        { peer: '' },
      )
    const small = await ask('/api/members', 'gzip')
    expect(small.headers.get('content-encoding')).toBeNull()
    const large = await ask('/api/openapi.json', 'br, gzip')
    expect(large.headers.get('content-encoding')).toBe('gzip')
    expect(large.headers.get('vary')).toBe('accept-encoding')
    const unpacked = new Response(large.body?.pipeThrough(new DecompressionStream('gzip')))
    expect(await unpacked.json()).toHaveProperty('openapi')
    expect((await ask('/api/openapi.json', 'gzip;q=0')).headers.get('content-encoding')).toBeNull()
    expect((await ask('/api/auth/status', 'gzip')).headers.get('content-encoding')).toBeNull()
  })

  it('tells nothing of a bug but the id of the request, and logs the rest', async () => {
    const view = () => Promise.reject(new Error('hunter2'))
    const broken = await openApi({ etcd: { ...api.deps.etcd, view } })
    await broken.addAdmin()
    const answer = await broken.get('/api/members', await broken.token())
    expect(answer).toMatchObject({
      status: 500,
      json: { code: 'internal', detail: expect.stringMatching(/^Internal error/) },
    })
    expect(answer.text).not.toContain('hunter2')
    const [line] = broken.lines.filter(({ level }) => level === 'error')
    expect(line?.fields).toMatchObject({
      request_id: answer.headers.get('x-request-id'),
      error: new Error('hunter2'),
    })
  })

  it('H5 refuses new work while the process stops, but for its probes', async () => {
    let draining = false
    const stopping = await openApi({ isDraining: () => draining })
    await stopping.addAdmin()
    const session = await stopping.token()
    expect((await stopping.get('/readyz')).status).toBe(200)
    draining = true
    const refused = await stopping.get('/api/status', session)
    expect(refused).toMatchObject({ status: 503, json: { code: 'shutting_down' } })
    expect(refused.headers.get('retry-after')).toBe('1')
    expect((await stopping.get('/healthz')).status).toBe(200)
    expect((await stopping.get('/readyz')).status).toBe(503)
  })

  it('C43 wants a session on every route but the public ones, in every spelling', async () => {
    const routes = api.app.openAPIRegistry.definitions.flatMap((one) =>
      one.type === 'route' ? [one.route] : [],
    )
    const open = routes.filter(({ security }) => security?.length === 0).map(({ path }) => path)
    expect(open.toSorted()).toEqual([
      '/api/auth/change-password',
      '/api/auth/login',
      '/api/auth/status',
      '/healthz',
      '/readyz',
    ])
    for (const { path, method } of routes.filter((route) => !open.includes(route.path)))
      for (const spelling of spellings(path)) {
        const { status } = await api.send(spelling, { method: method.toUpperCase() })
        expect([spelling, status]).toEqual([spelling, spelling.startsWith('/api/') ? 401 : 404])
      }
  })
})

const spellings = (path: string): readonly string[] => [
  path,
  `${path}/`,
  path.replace('/api/', '/api//'),
  path.replace('/api/', '/API/'),
  path.replace('/api/', '/api/x/../'),
  path.replace('/api/', '/api/%2e%2e/api/'),
  path.replace('/api/', '/api%2f'),
  `${path}%2f`,
]
