// proves: C10 C49
import { needServer } from '@etcdmonitor/rig/need-server'
import { type Postgres, startPostgres } from '@etcdmonitor/rig/postgres'
import { startProgram } from '@etcdmonitor/rig/processes'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, changePassword, logIn, startApi, tokenOf, untilReady } from '../setup/console/call-api.ts'
import { type Console, NEW_PASSWORD } from '../setup/console/console.ts'
import { FIRST_PASSWORD, openSharedState, type SharedState } from '../setup/console/shared-state.ts'
import { eventually, lastInVain } from '../setup/eventually.ts'

needServer('postgres', () => {
  let postgres: Postgres
  let shared: SharedState
  let place: string
  beforeAll(async () => {
    postgres = await startPostgres()
    shared = openSharedState()
    place = shared.folder
  })
  afterAll(async () => {
    await postgres[Symbol.asyncDispose]()
    shared[Symbol.dispose]()
  })

  const onPostgres = (schema: string) => shared.onPostgres(postgres.url, schema)

  describe('an API whose PostgreSQL is away', () => {
    let api: Console
    let token: string
    beforeAll(async () => {
      await postgres.query('create schema away')
      api = await startApi(place, onPostgres('away'))
      await untilReady(api)
      await changePassword(api, FIRST_PASSWORD, NEW_PASSWORD)
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
        const away = await lastInVain('the session works', async () => {
          const status = await ask()
          statuses.add(status)
          return status === 200
        })
        expect(away).toBeLessThan(5_000)
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
      expect(
        await lastInVain('ready', async () => (await call(late, '/readyz')).status === 200),
      ).toBeLessThan(3_000)
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
