import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'

const ENTRY = fileURLToPath(new URL('./node.ts', import.meta.url))
const NEW_PASSWORD = 'correct horse'
const LOGIN = '/api/auth/login'

interface Api {
  readonly child: ChildProcess
  readonly port: number
  readonly lines: string[]
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>
}

let folder: string
const inFolder = (name: string) => join(folder, name)

function makeFolder(): void {
  folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-node-'))
  writeConfig()
}

/** etcd is not there: nothing here needs it, and the API must not mind. */
function writeConfig(listen = '127.0.0.1:0', more = ''): void {
  const text = `{ server: { listen: "${listen}" }, storage: { data_dir: "${inFolder('data')}" }, etcd: { endpoint: "http://127.0.0.1:1" }, auth: { login_rate_per_minute: 0 } ${more} }`
  writeFileSync(inFolder('config.yaml'), text)
}

function spawnApi() {
  const child = spawn(
    process.execPath,
    ['--disable-proto=throw', ENTRY, '--config', inFolder('config.yaml')],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  )
  const lines: string[] = []
  for (const input of [child.stdout, child.stderr])
    if (input) createInterface({ input }).on('line', (line) => lines.push(line))
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }))
  return { child, lines, exited }
}

/** Ready to answer. */
async function startApi(): Promise<Api> {
  const api = spawnApi()
  const failed = api.exited.then(({ code }) => {
    throw new Error(`ended with ${code}: ${api.lines.join('\n')}`)
  })
  const [message] = await Promise.race([once(api.child, 'message'), failed])
  return { ...api, port: message.port }
}

const end = async ({ child, exited }: Pick<Api, 'child' | 'exited'>) => {
  child.kill('SIGKILL')
  await exited
}

const urlOf = ({ port }: Api, path: string) => `http://127.0.0.1:${port}${path}`
const ask = (api: Api, path: string, init: RequestInit = {}) =>
  fetch(urlOf(api, path), { signal: AbortSignal.timeout(60_000), redirect: 'error', ...init })
const post = (api: Api, path: string, body: unknown) =>
  ask(api, path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })

const firstPassword = () => readFileSync(inFolder('data/initial-admin-password'), 'utf8').trimEnd()

async function signIn(api: Api): Promise<string> {
  const change = { username: 'admin', old_password: firstPassword(), new_password: NEW_PASSWORD }
  expect((await post(api, '/api/auth/change-password', change)).status).toBe(200)
  const answer = await post(api, LOGIN, { username: 'admin', password: NEW_PASSWORD })
  return ((await answer.json()) as { readonly session_token: string }).session_token
}

/** What comes back for these bytes until the server closes. */
async function raw({ port }: Api, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(request)
  return readAll(socket)
}

async function readAll(socket: Socket): Promise<string> {
  let text = ''
  socket.setEncoding('latin1')
  socket.on('data', (piece) => (text += piece))
  socket.on('error', () => undefined) // a reset is an end, too
  await once(socket, 'close')
  return text
}

const head = (target: string, ...headers: string[]) =>
  `${[`GET ${target} HTTP/1.1`, 'Host: console', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])
const codeOf = (answer: string) => /"code":"(\w+)"/.exec(answer)?.[1]

describe('a running API', () => {
  let api: Api
  let auth: string
  beforeAll(async () => {
    makeFolder()
    api = await startApi()
    auth = `Authorization: Bearer ${await signIn(api)}`
  })
  afterAll(async () => {
    await end(api)
    rmSync(folder, { recursive: true, force: true })
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

const rss = ({ child }: Api) => {
  const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? []
  return Number(kib) * 1_024
}

describe('a start and a stop', () => {
  beforeEach(makeFolder)
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const running = async () => {
    const api = await startApi()
    onTestFinished(() => end(api))
    return api
  }
  const refused = async () => {
    const api = spawnApi()
    onTestFinished(() => end(api))
    return { ...(await api.exited), text: api.lines.join('\n') }
  }

  it('C10 C33 makes the secret, the account and its password, for the owner alone, and tells the path alone', async () => {
    const api = await running()
    for (const name of ['secret', 'initial-admin-password', 'initialized', 'state.db'])
      expect([name, statSync(inFolder(`data/${name}`)).mode & 0o777]).toEqual([name, 0o600])
    expect(statSync(inFolder('data')).mode & 0o777).toBe(0o700)
    const log = api.lines.join('\n')
    expect(log).toContain(inFolder('data/initial-admin-password'))
    expect(log).not.toContain(firstPassword())
    await signIn(api)
    expect(() => firstPassword()).toThrow(/ENOENT/)
  })

  it.each(['secret', 'state.db', 'state.db-wal', 'initial-admin-password', 'initialized'])(
    'C10 leads to one admin and one password when it is killed as %s appears, and started again',
    async (name) => {
      const { child, exited } = spawnApi()
      while (!existsSync(inFolder(`data/${name}`))) await new Promise((resolve) => setImmediate(resolve))
      child.kill('SIGKILL')
      await exited
      await signIn(await running())
    },
  )

  it('C10 leads to one admin and one password when three start at once', async () => {
    const apis = await Promise.all([running(), running(), running()])
    const [first] = apis
    if (!first) throw new Error('none started')
    const token = await signIn(first)
    for (const api of apis) {
      const answer = await ask(api, '/api/status', { headers: { authorization: `Bearer ${token}` } })
      expect(answer.status).toBe(200)
    }
  })

  it('keeps sessions over a restart', async () => {
    const before = await running()
    const token = await signIn(before)
    before.child.kill('SIGTERM')
    await before.exited
    const answer = await ask(await running(), '/api/status', {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(answer.status).toBe(200)
  })

  it('C11 does not start with a state that lost its accounts, or is damaged', async () => {
    await end(await running())
    rmSync(inFolder('data/state.db'))
    rmSync(inFolder('data/state.db-wal'), { force: true })
    expect(await refused()).toMatchObject({
      code: 78,
      text: expect.stringMatching(/restore state\.db, or delete/),
    })
    expect(existsSync(inFolder('data/state.db'))).toBe(false)
    writeFileSync(inFolder('data/state.db'), '')
    expect(await refused()).toMatchObject({ code: 78, text: expect.stringMatching(/restore state\.db/) })
    expect(readFileSync(inFolder('data/state.db'))).toHaveLength(0)
    writeFileSync(inFolder('data/state.db'), 'x'.repeat(8_192))
    expect(await refused()).toMatchObject({ code: 78, text: expect.stringMatching(/state\.db: is damaged/) })
  })

  it('F28 does not start with a wrong configuration, and names all that is wrong', async () => {
    writeConfig('nowhere', ', log: { level: loud }')
    const { code, text } = await refused()
    expect(code).toBe(78)
    expect(text.split('\n')).toHaveLength(2)
    expect(text).toMatch(/^server\.listen: .*\nlog\.level: /)
  })

  it('does not start on a port that is taken', async () => {
    await using other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' ? address?.port : 0
    writeConfig(`127.0.0.1:${port}`)
    expect(await refused()).toMatchObject({
      code: 78,
      text: expect.stringMatching(/server\.listen: is in use by another process/),
    })
  })

  it('F26 H5 ends what has begun, refuses what comes then, and stops with 0', async () => {
    const api = await running()
    const body = '{"username":"admin","password":"x"}'
    const socket = connect(api.port, '127.0.0.1')
    const reading = readAll(socket)
    socket.write(
      `POST ${LOGIN} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, -1)}`,
    )
    await ask(api, '/healthz') // the other request has been read by now
    api.child.kill('SIGTERM')
    await untilRefused(api.port)
    socket.write(
      `${body.slice(-1)}GET /readyz HTTP/1.1\r\nHost: x\r\n\r\nGET /api/auth/status HTTP/1.1\r\nHost: x\r\n\r\n`,
    )
    const answer = await reading
    expect([...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([
      '401',
      '503',
      '503',
    ])
    expect(answer).toContain('"process":"draining"')
    expect(codeOf(answer.slice(answer.indexOf('draining')))).toBe('shutting_down')
    expect(await api.exited).toEqual({ code: 0, signal: null })
  })

  it('F58 stops when its parent has gone', async () => {
    const api = await running()
    api.child.disconnect()
    expect(await api.exited).toEqual({ code: 0, signal: null })
  })
})

/** Until no connection is accepted any more. */
async function untilRefused(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const [event] = await Promise.race([
      once(socket, 'connect').then(() => ['open']),
      once(socket, 'close').then(() => ['refused']),
    ]).catch(() => ['refused'])
    socket.destroy()
    if (event === 'refused') return
  }
}
