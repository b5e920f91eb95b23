import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { hostname } from 'node:os'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  type ApiFolder,
  type ApiProcess,
  ask,
  codeOf,
  end,
  head,
  LOGIN,
  makeApiFolder,
  NEW_PASSWORD,
  post,
  raw,
  readAll,
  statusOf,
} from './node-rig.contract.ts'

describe('a running API', () => {
  let folder: ApiFolder
  let api: ApiProcess
  let auth: string
  beforeAll(async () => {
    folder = makeApiFolder()
    api = await folder.startApi()
    auth = `Authorization: Bearer ${await folder.signIn(api)}`
  })
  afterAll(async () => {
    await end(api)
    folder.remove()
  })
  afterEach(() => expect(api.child.exitCode).toBeNull())

  it.each([
    ['G2', '/api//status', 401, 404],
    ['G2', '//api/status', 404, 404],
    ['G4', '/x/../api/status', 401, 200],
    ['G4', '/api/%2e%2e/api/status', 401, 200],
    ['G5', '/api/%73tatus', 401, 404],
    ['G6', '/api/%00', 400, 400],
    ['G7', '/..%2f..%2fconfig.yaml', 404, 404],
    ['G7', '/../../config.yaml', 404, 404],
    ['1.1', '/api\\status', 404, 404],
    ['1.1', '\\api/status', 400, 400],
    ['1.1', 'http://other/api/status', 401, 200],
    ['1.1', 'http://[/api/status', 400, 400],
    ['1.1', '*', 400, 400],
  ])('%s answers %s with %i, and with %i to a session', async (_, target, without, within) => {
    expect(statusOf(await raw(api, head(target)))).toBe(without)
    expect(statusOf(await raw(api, head(target, auth)))).toBe(within)
  })

  it('A24 knows the shipped list and the name of its host', async () => {
    for (const new_password of ['qwertyuiop', `${hostname().repeat(3)}-2024`]) {
      const answer = await post(api, '/api/auth/change-password', {
        username: 'admin',
        old_password: NEW_PASSWORD,
        new_password,
      })
      expect(await answer.json()).toMatchObject({ code: 'weak_password', reason: 'common' })
    }
  })

  it('G8 refuses TRACE without an echo, and closes on CONNECT', async () => {
    const traced = await raw(api, head('/api/status', 'X-Secret: echo').replace('GET', 'TRACE'))
    expect(statusOf(traced)).toBe(405)
    expect(traced).not.toContain('echo')
    expect(await raw(api, 'CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n')).toBe('')
  })

  it('G13 refuses a head over 16 KiB, and one of 200 headers', async () => {
    expect(statusOf(await raw(api, head('/healthz', `X-Long: ${'x'.repeat(17_000)}`)))).toBe(431)
    const many = Array.from({ length: 198 }, (_, index) => `X-${index}: 1`)
    expect(statusOf(await raw(api, head('/healthz', ...many)))).toBe(431)
    expect(statusOf(await raw(api, head('/healthz', ...many.slice(0, 98))))).toBe(200)
  })

  it('G14 refuses a head without Host, and one with two lengths of the body', async () => {
    expect(statusOf(await raw(api, 'GET /healthz HTTP/1.1\r\n\r\n'))).toBe(400)
    const smuggled = `POST ${LOGIN} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`
    const answer = await raw(api, smuggled)
    expect(statusOf(answer)).toBe(400)
    expect(answer.split('HTTP/1.1')).toHaveLength(2)
  })

  it('G15 refuses two Host headers', async () => {
    const answer = await raw(api, head('/healthz', 'Host: other'))
    expect([statusOf(answer), codeOf(answer)]).toEqual([400, 'malformed_request'])
    expect(answer).toMatch(/x-request-id: /i)
  })

  it('T3 refuses two Authorization headers in both orders', async () => {
    for (const both of [
      [auth, 'Authorization: Bearer x'],
      ['authorization: Bearer x', auth],
    ]) {
      const answer = await raw(api, head('/api/status', ...both))
      expect([statusOf(answer), codeOf(answer)]).toEqual([400, 'malformed_request'])
    }
  })

  it('answers HTTP/1.0 without Host', async () => {
    expect(statusOf(await raw(api, 'GET /healthz HTTP/1.0\r\n\r\n'))).toBe(200)
  })

  it('G29 refuses 1 MiB, with a length and in chunks', async () => {
    const body = 'x'.repeat(2 ** 20)
    const type = { 'content-type': 'application/json' }
    const whole = await ask(api, LOGIN, { method: 'POST', body, headers: type })
    expect(whole.status).toBe(413)
    const request = `POST ${LOGIN} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`
    const answer = await raw(api, `${request}100000\r\n${body}\r\n0\r\n\r\n`)
    expect([statusOf(answer), codeOf(answer)]).toEqual([413, 'payload_too_large'])
  })

  it('G30 does not invite a body that is declared too large', async () => {
    const expecting = (length: number, body: string) =>
      raw(
        api,
        `POST ${LOGIN} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n${body}`,
      )
    const refused = await expecting(2 ** 30, '')
    expect([statusOf(refused), codeOf(refused)]).toEqual([413, 'payload_too_large'])
    const invited = await expecting(2, '{}')
    expect(statusOf(invited)).toBe(100)
    expect(codeOf(invited)).toBe('validation_failed')
  })

  it('G34 M17 does not wait for a head or a body that comes byte by byte', async () => {
    const drip = async (begin: string, rest: string) => {
      const socket = connect(api.port, '127.0.0.1')
      socket.write(begin)
      let at = 0
      const timer = setInterval(() => socket.write(rest[at++ % rest.length] ?? ''), 1_000)
      const answer = await readAll(socket)
      clearInterval(timer)
      return statusOf(answer)
    }
    const body = `POST ${LOGIN} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n`
    const statuses = await Promise.all([drip('GET /healthz HTTP/1.1\r\nX-Slow: ', 'slow'), drip(body, ' ')])
    expect(statuses).toEqual([408, 408])
  })

  it('G39 holds back what a client sends that reads nothing', async () => {
    const many = 'GET /api/auth/status HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1_000)
    await raw(api, many + head('/healthz')) // what a thousand requests cost a young process in any case
    const before = rss(api)
    const sockets = Array.from({ length: 4 }, () => connect(api.port, '127.0.0.1').pause())
    onTestFinished(() => sockets.forEach((socket) => void socket.destroy()))
    for (const socket of sockets) socket.write(many)
    for (let asked = 0; asked < 20; asked += 1) expect((await ask(api, '/healthz')).status).toBe(200)
    expect(rss(api) - before).toBeLessThan(32 * 2 ** 20)
  })

  it('keeps connections open, and logs one line for each request', async () => {
    const answer = await raw(
      api,
      head('/api/auth/status').replace('Connection: close\r\n', '') + head('/api/nope'),
    )
    expect(answer.split('HTTP/1.1 ')).toHaveLength(3)
    const ids = [...answer.matchAll(/x-request-id: (\S+)/gi)].map(([, id = '']) => id)
    expect(ids).toHaveLength(2)
    const logged = () =>
      api.lines.filter((line) => ids.some((id) => line.includes(id))).map((line) => JSON.parse(line))
    await expect.poll(logged).toEqual([
      expect.objectContaining({
        event: 'request',
        method: 'GET',
        path: '/api/auth/status',
        status: 200,
        address: '127.0.0.1',
      }),
      expect.objectContaining({ event: 'request', path: '/api/nope', status: 401, code: 'unauthenticated' }),
    ])
  })

  it('M22 sends compressed JSON that a client can read', async () => {
    const [, value = ''] = auth.split(': ')
    const answer = await ask(api, '/api/openapi.json', { headers: { authorization: value } })
    expect(answer.headers.get('content-encoding')).toBe('gzip')
    expect(await answer.json()).toHaveProperty('openapi', '3.1.0')
  })

  it('D6 tells what is wrong with etcd, which is away', async () => {
    const [, value = ''] = auth.split(': ')
    const answer = await ask(api, '/api/status', { headers: { authorization: value } })
    expect(await answer.json()).toMatchObject({
      endpoints: [{ endpoint: 'http://127.0.0.1:1', ok: false, stage: 'tcp' }],
    })
  })

  it('C25 logs no password and no token', () => {
    const log = api.lines.join('\n')
    for (const secret of [NEW_PASSWORD, auth.split(' ')[2] ?? '']) expect(log).not.toContain(secret)
  })
})

const rss = ({ child }: ApiProcess) => {
  const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? []
  return Number(kib) * 1_024
}
