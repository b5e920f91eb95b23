import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { needServer } from '@etcdmonitor/rig/need-server'
import { type Postgres, startPostgres } from '@etcdmonitor/rig/postgres'
import { startProgram } from '@etcdmonitor/rig/processes'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Console, NEW_PASSWORD, startConsole } from '../setup/console.ts'
import { eventually } from '../setup/eventually.ts'

const ROUNDS = process.env.TEST_SUITE === 'full' ? 50 : 3
const TRIALS = process.env.TEST_SUITE === 'full' ? 1_000 : 10
const GUESSES = 300
const THRESHOLD = 5
const FIRST_PASSWORD = 'first of several'

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

interface Call {
  readonly token?: string
  readonly body?: unknown
}

async function call(
  { url }: Pick<Console, 'url'>,
  path: string,
  { token, body }: Call = {},
): Promise<Answer> {
  const answer = await fetch(url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  })
  return { status: answer.status, body: (await answer.json()) as Answer['body'] }
}

const logIn = (at: Console, password: string, username = 'admin') =>
  call(at, '/api/auth/login', { body: { username, password } })

async function tokenOf(at: Console): Promise<string> {
  const { status, body } = await logIn(at, NEW_PASSWORD)
  expect(status).toBe(200)
  return String(body.session_token)
}

/** The code of the answer, asked for again while there is no place to check a password. */
async function guess(at: Console, username: string, index: number): Promise<unknown> {
  for (;;) {
    const { body } = await logIn(at, `guess ${index}`, username)
    if (body.code !== 'login_capacity') return body.code
    await sleep(500 + 5 * index) // as Retry-After says; all at once, they would take the machine from those they wait for
  }
}

/** What holds of three APIs on one store, whatever it is. The last test leaves `admin` locked. */
function severalApis(store: string, env: (folder: string) => Readonly<Record<string, string>>): void {
  describe(`three APIs on one ${store}`, () => {
    let folder: string
    let apis: readonly [Console, Console, Console]
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-several-'))
      writeFileSync(join(folder, 'first-password'), FIRST_PASSWORD)
      const start = () => startApi(folder, env(folder))
      apis = await Promise.all([start(), start(), start()])
      for (const api of apis) await untilReady(api)
      const body = { username: 'admin', old_password: FIRST_PASSWORD, new_password: NEW_PASSWORD }
      expect((await call(apis[0], '/api/auth/change-password', { body })).status).toBe(200)
    })
    afterAll(async () => {
      await Promise.all(apis.map((api) => api[Symbol.asyncDispose]()))
      rmSync(folder, { recursive: true, force: true })
    })

    it(`C7 a session of one is good on all, and its end on one is its end on all within a second, ${TRIALS} times`, {
      timeout: TRIALS * 5_000,
    }, async () => {
      const [first, ...others] = apis
      for (let trial = 0; trial < TRIALS; trial += 1) {
        const token = await tokenOf(first)
        for (const api of others) expect((await call(api, '/api/status', { token })).status).toBe(200)
        expect((await call(first, '/api/auth/logout', { token, body: {} })).status).toBe(200)
        const endedAt = performance.now()
        expect((await call(first, '/api/status', { token })).status).toBe(401)
        for (const api of others) {
          await eventually('refused', async () => (await call(api, '/api/status', { token })).status === 401)
          expect(performance.now() - endedAt).toBeLessThan(1_000)
        }
      }
    })

    it(`C1 verifies exactly ${THRESHOLD} of ${GUESSES} wrong guesses at once, ${ROUNDS} times`, {
      timeout: ROUNDS * 30_000,
    }, async () => {
      for (let round = 1; round <= ROUNDS; round += 1) {
        const username = round === ROUNDS ? 'admin' : `nobody-${round}`
        const codes = await Promise.all(
          Array.from({ length: GUESSES }, (_, i) => guess(apis[i % 3] ?? apis[0], username, i)),
        )
        const counted = Array.from(Map.groupBy(codes, String), ([code, of]) => [code, of.length] as const)
        expect(Object.fromEntries(counted)).toEqual({
          invalid_credentials: THRESHOLD,
          account_locked: GUESSES - THRESHOLD,
        })
      }
      for (const api of apis) expect((await logIn(api, NEW_PASSWORD)).body.code).toBe('account_locked')
    })
  })
}

const startApi = (folder: string, env: Readonly<Record<string, string>>) =>
  startConsole({
    endpoints: ['http://127.0.0.1:1'], // nobody needs etcd here
    command: 'api',
    env: {
      ETCDMONITOR_AUTH_LOGIN_RATE_PER_MINUTE: '0',
      ETCDMONITOR_AUTH_INITIAL_ADMIN_PASSWORD_FILE: join(folder, 'first-password'),
      ...env,
    },
  })

const untilReady = (api: Console, within = 10_000) =>
  eventually('ready', async () => (await call(api, '/readyz')).status === 200, within)

severalApis('SQLite file', (folder) => ({ ETCDMONITOR_STORAGE_DATA_DIR: join(folder, 'data') }))

needServer('postgres', () => {
  let postgres: Postgres
  let secret: string
  let place: string
  beforeAll(async () => {
    postgres = await startPostgres()
    place = mkdtempSync(join(tmpdir(), 'etcdmonitor-shared-'))
    secret = join(place, 'secret')
    writeFileSync(secret, 'c2V2ZXJhbCBBUElzIGhhdmUgb25lIGFuZCB0aGUgc2FtZSBrZXk\n', { mode: 0o600 })
    writeFileSync(join(place, 'first-password'), FIRST_PASSWORD)
  })
  afterAll(async () => {
    await postgres[Symbol.asyncDispose]()
    rmSync(place, { recursive: true, force: true })
  })

  const onPostgres = (schema: string) => ({
    ETCDMONITOR_STORAGE_STATE_DRIVER: 'postgres',
    ETCDMONITOR_STORAGE_STATE_URL: `${postgres.url}?options=-c%20search_path%3D${schema}`,
    ETCDMONITOR_AUTH_SECRET_FILE: secret,
  })

  severalApis('PostgreSQL', () => onPostgres('public'))

  describe('an API whose PostgreSQL is away', () => {
    let api: Console
    let token: string
    beforeAll(async () => {
      await postgres.query('create schema away')
      api = await startApi(place, onPostgres('away'))
      await untilReady(api)
      const body = { username: 'admin', old_password: FIRST_PASSWORD, new_password: NEW_PASSWORD }
      await call(api, '/api/auth/change-password', { body })
      token = await tokenOf(api)
    })
    afterAll(() => api[Symbol.asyncDispose]())

    const ask = async () => (await call(api, '/api/status', { token })).status

    it.each([
      ['is killed', () => postgres.kill(), () => postgres.restart()],
      ['hangs', async () => postgres.hang(), async () => postgres.resume()],
    ])(
      'F48 answers 503 while it %s, never 401, and works again without a restart',
      async (_how, goAway, comeBack) => {
        expect(await ask()).toBe(200)
        await goAway()
        const statuses = new Set<number>()
        await eventually('the cache has ended', async () => {
          statuses.add(await ask())
          return statuses.has(503)
        })
        const login = await logIn(api, NEW_PASSWORD)
        expect([login.status, login.body.code]).toEqual([503, 'auth_store_unavailable'])
        expect((await call(api, '/healthz')).status).toBe(200)
        expect(await call(api, '/readyz')).toMatchObject({
          status: 503,
          body: { checks: { state_store: 'unavailable' } },
        })
        await comeBack()
        const back = performance.now()
        await eventually('the session works', async () => {
          const status = await ask()
          statuses.add(status)
          return status === 200
        })
        expect(performance.now() - back).toBeLessThan(5_000)
        expect([...statuses].filter((status) => status !== 200)).toEqual([503])
        expect((await logIn(api, NEW_PASSWORD)).status).toBe(200)
        await untilReady(api)
      },
    )

    it('F5 listens although it is away at the start, and is ready within 3 s of its return', async () => {
      await postgres.kill()
      await using late = await startApi(place, onPostgres('away'))
      expect((await call(late, '/readyz')).status).toBe(503)
      expect((await call(late, '/api/status', { token })).status).toBe(503)
      await postgres.restart()
      const back = performance.now()
      await untilReady(late)
      expect(performance.now() - back).toBeLessThan(3_000)
      expect((await call(late, '/api/status', { token })).status).toBe(200)
    })
  })

  it('ends with exit code 78 when PostgreSQL comes back and cannot be used, and with 0 when it is stopped before', async () => {
    await postgres.query('create schema newer; create table newer.schema_migrations (name text)')
    await postgres.query(`insert into newer.schema_migrations values ('9999-later')`)
    await postgres.kill()
    const late = await startApi(place, onPostgres('newer'))
    const stopped = await startApi(place, onPostgres('newer'))
    await stopped.program.waitForLine(({ json }) => json?.event === 'state_store_away')
    await stopped[Symbol.asyncDispose]()
    expect((await stopped.program.exited).code).toBe(0)
    await postgres.restart()
    expect((await late.program.exited).code).toBe(78)
    expect(late.program.logs()).toMatch(
      /^storage\.state\.url: the store has schema 1, this program knows \d+; start the newer/m,
    )
    await late[Symbol.asyncDispose]()
  })

  it('C10 makes no admin of its own in an empty database, and says what to do', async () => {
    await postgres.query('create schema empty')
    const unnamed = { ...onPostgres('empty'), ETCDMONITOR_AUTH_INITIAL_ADMIN_PASSWORD_FILE: '' }
    await using without = await startApi(place, unnamed)
    await without.program.waitForLine(({ json }) => json?.event === 'no_account')
    expect(await call(without, '/readyz')).toMatchObject({
      status: 503,
      body: { checks: { state_store: 'no_account' } },
    })
    expect(await postgres.query('select count(*) from empty.users')).toEqual(['0'])
    await using _ = await startApi(place, onPostgres('empty'))
    await untilReady(without)
    expect((await logIn(without, FIRST_PASSWORD)).body).toMatchObject({ must_change_password: true })
  })

  it('is refused with one line that shows no secret when the server refuses the role', async () => {
    const env = onPostgres('public')
    const url = new URL(env.ETCDMONITOR_STORAGE_STATE_URL)
    url.password = 'hunter2'
    await using program = await startProgram({
      args: ['packages/cli/src/main.ts', 'api'],
      env: { ...env, ETCDMONITOR_STORAGE_STATE_URL: url.href, ETCDMONITOR_STORAGE_DATA_DIR: place },
    })
    expect((await program.exited).code).toBe(78)
    expect(program.logs()).toMatch(/^storage\.state\.url: the server refuses the password: /m)
    expect(program.logs()).not.toContain('hunter2')
  })
})
