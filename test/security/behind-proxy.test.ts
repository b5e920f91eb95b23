// proves: C12
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Console, NEW_PASSWORD, startConsole } from '../setup/console/console.ts'
import { eventually } from '../setup/eventually.ts'
import { type ForwardingProxy, startForwardingProxy } from '../setup/proxies/forwarding-proxy.ts'

const ATTEMPTS = 500
const AT_ONCE = 20
/** Over two APIs; more than come in again while the last refusals are held back. */
const FIRSTS = 8
const NOISY = '198.51.100.7'
const QUIET = '198.51.100.8'
const FIRST_PASSWORD = 'first behind a proxy'

interface Answer {
  readonly status: number
  readonly retryAfter: number
  readonly body: Readonly<Record<string, unknown>>
}

interface Sent {
  readonly forwardedFor?: string
  readonly token?: string
  readonly body?: unknown
  /** Where the client connects from. */
  readonly localAddress?: string
}

function call(url: string, { forwardedFor, token, body, localAddress }: Sent): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const headers = {
    'content-type': 'application/json',
    ...(forwardedFor && { 'x-forwarded-for': forwardedFor }),
    ...(token && { authorization: `Bearer ${token}` }),
  }
  const method = body === undefined ? 'GET' : 'POST'
  const options = { method, headers, localAddress, signal: AbortSignal.timeout(60_000) }
  const sent = request(url, options, (answer) => {
    const retryAfter = Number(answer.headers['retry-after'] ?? 0)
    const status = answer.statusCode ?? 0
    json(answer).then((parsed) => resolve({ status, retryAfter, body: parsed as Answer['body'] }), reject)
  })
  sent.once('error', reject)
  sent.end(body === undefined ? undefined : JSON.stringify(body))
  return promise
}

describe.each([
  { proxies: '127.0.0.1/32', isTrusted: true },
  { proxies: '', isTrusted: false },
])('two APIs behind one proxy, server.trusted_proxies: [$proxies]', ({ proxies, isTrusted }) => {
  let folder: string
  let apis: readonly Console[]
  let proxy: ForwardingProxy
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-proxied-'))
    writeFileSync(join(folder, 'first-password'), FIRST_PASSWORD)
    const start = () =>
      startConsole({
        endpoints: ['http://127.0.0.1:1'], // nobody needs etcd here
        command: 'api',
        env: {
          ETCDMONITOR_AUTH_INITIAL_ADMIN_PASSWORD_FILE: join(folder, 'first-password'),
          ETCDMONITOR_SERVER_TRUSTED_PROXIES: proxies,
          ETCDMONITOR_STORAGE_DATA_DIR: join(folder, 'data'),
        },
      })
    apis = await Promise.all([start(), start()])
    for (const api of apis) await eventually('ready', async () => (await api.get('/readyz')).status === 200)
    proxy = await startForwardingProxy(apis.map(({ url }) => url))
    const change = { username: 'admin', old_password: FIRST_PASSWORD, new_password: NEW_PASSWORD }
    const changed = await post('/api/auth/change-password', { forwardedFor: QUIET, body: change })
    expect(changed.status).toBe(200)
  })
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]()
    await Promise.all(apis.map((api) => api[Symbol.asyncDispose]()))
    rmSync(folder, { recursive: true, force: true })
  })

  const post = (path: string, sent: Sent) => call(proxy.url + path, sent)
  const logIn = (forwardedFor: string, username: string, password: string) =>
    post('/api/auth/login', { forwardedFor, body: { username, password } })

  /** The codes of 500 attempts of invented names, 20 at once. */
  async function makeNoise(): Promise<readonly unknown[]> {
    const codes: unknown[] = []
    const left = Array.from({ length: ATTEMPTS }, (_, index) => `nobody-${index}`).values()
    const lane = async () => {
      for (const name of left) codes.push((await logIn(NOISY, name, 'wrong')).body.code)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, lane))
    return codes
  }

  const addressesOf = async (token: string, query: string) => {
    const { body } = await call(`${proxy.url}/api/ops/audit-logs?page_size=1000&${query}`, { token })
    return new Set((body.entries as { readonly address: string }[]).map(({ address }) => address))
  }

  it('A2 slows who is noisy, and never answers 401 to a right password', async () => {
    const codes = await makeNoise()
    expect(codes).toHaveLength(ATTEMPTS)
    expect(codes).toContain('rate_limited')
    const firsts = await Promise.all(
      Array.from({ length: FIRSTS }, () => logIn(QUIET, 'admin', NEW_PASSWORD)),
    )
    // without a trusted proxy all come from one address: the limit meets everybody, and says so
    const met = firsts.filter(({ status }) => status !== 200)
    expect(met.map(({ body }) => body.code)).toEqual(met.map(() => 'rate_limited'))
    expect(met.length > 0).toBe(!isTrusted)
    await sleep(Math.max(...firsts.map(({ retryAfter }) => retryAfter)) * 1_000)
    const again = await eventually('signed in', async () => {
      const answer = await logIn(QUIET, 'admin', NEW_PASSWORD)
      expect([200, 429]).toContain(answer.status)
      return answer.status === 200 && answer
    })
    const token = String(again.body.session_token)
    const failed = await addressesOf(token, 'operation=login&success=false')
    expect(failed).toEqual(new Set([isTrusted ? NOISY : '127.0.0.1']))
    const warned = apis.map(({ program }) => program.logs().includes('"event":"proxy_not_trusted"'))
    expect(warned).toEqual([!isTrusted, !isTrusted])
  })

  it('A2 gives nothing for a header that comes directly', async () => {
    const [api] = apis
    if (!api) throw new Error('no API')
    const sent = { forwardedFor: '203.0.113.9', localAddress: '127.0.0.2' }
    const body = { username: 'forger', password: 'wrong' }
    expect((await call(`${api.url}/api/auth/login`, { ...sent, body })).body.code).toBe('invalid_credentials')
    const { body: signedIn } = await eventually('signed in', async () => {
      const answer = await logIn(QUIET, 'admin', NEW_PASSWORD)
      return answer.status === 200 && answer
    })
    const from = await addressesOf(String(signedIn.session_token), 'username=forger')
    expect(from).toEqual(new Set(['127.0.0.2']))
  })
})
