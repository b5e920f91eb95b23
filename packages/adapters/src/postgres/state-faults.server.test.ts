import { anEvent, anIntent, SUCCEEDED } from '@etcdmonitor/core/contracts/audit-entries'
import { attemptChange, attemptSignIn } from '@etcdmonitor/core/contracts/state-attempts'
import { StartRefused } from '@etcdmonitor/core/errors'
import type { NewRun } from '@etcdmonitor/core/ports/run-store'
import type { StateStore } from '@etcdmonitor/core/ports/state-store'
import { toSecret } from '@etcdmonitor/core/secret'
import { type Certificates, makeCertificates } from '@etcdmonitor/rig/certificates'
import { startFaultProxy } from '@etcdmonitor/rig/fault-proxy'
import { needServer } from '@etcdmonitor/rig/need-server'
import { type Postgres, startPostgres } from '@etcdmonitor/rig/postgres'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock as clock } from '../node/clock.ts'
import { randomBytes as random } from '../node/random.ts'
import type { StateTables } from '../sql/state-tables.ts'
import { openPool } from './postgres-pool.ts'
import { createTransact } from './postgres-transact.ts'
import { openExistingPostgresState, openPostgresState, type PostgresState } from './state-store.ts'

const admin = { id: 'A', username: 'admin', passwordHash: 'h', mustChangePassword: false }
const policy = { threshold: 5, durationSeconds: 900 }
const idHash = new Uint8Array(32)
const session = { idHash, userId: 'A', kid: 'k', expiresAt: 0, address: '', userAgent: '' }
const signIn = { verified: 'h', session, rehash: 'rehashed' }
const change = { userId: 'A', verified: 'h', to: 'changed' }
const audit = anEvent()

/** Every method that asks the server, and how long it may take to say that it is away. */
const process = { kind: 'api', host: 'h', pid: 7, version: '1.0.0' } as const
const owner = { runId: 'R', instanceId: 'I', generation: 1 }
const run: NewRun = {
  id: 'R',
  operation: 'compact',
  clusterId: '9',
  accountId: 'A',
  username: 'admin',
  params: {},
  steps: [],
  intent: anIntent('R'),
}

const CALLS: readonly (readonly [string, number, (store: StateStore) => Promise<unknown>])[] = [
  ['sessions.find', 1_000, ({ sessions }) => sessions.find(idHash)],
  ['sessions.isPresent', 1_000, ({ sessions }) => sessions.isPresent(idHash)],
  ['sessions.end', 6_000, ({ sessions }) => sessions.end(idHash, audit)],
  ['accounts.count', 6_000, ({ accounts }) => accounts.count()],
  ['accounts.find', 6_000, ({ accounts }) => accounts.find('admin')],
  ['accounts.get', 6_000, ({ accounts }) => accounts.get('A')],
  ['accounts.createFirst', 6_000, ({ accounts }) => accounts.createFirst(admin)],
  ['accounts.signIn', 6_000, ({ accounts }) => accounts.signIn({ ...signIn, reservationId: 'R', audit })],
  [
    'accounts.changePassword',
    6_000,
    ({ accounts }) => accounts.changePassword({ ...change, reservationId: 'R', audit }),
  ],
  ['accounts.list', 6_000, ({ accounts }) => accounts.list()],
  ['accounts.add', 6_000, ({ accounts }) => accounts.add(admin, audit)],
  [
    'accounts.setEnabled',
    6_000,
    ({ accounts }) => accounts.setEnabled({ name: 'admin', isEnabled: false, audit }),
  ],
  [
    'accounts.resetPassword',
    6_000,
    ({ accounts }) => accounts.resetPassword({ name: 'admin', to: 'reset', audit }),
  ],
  ['panels.get', 6_000, ({ panels }) => panels.get('A')],
  ['panels.put', 6_000, ({ panels }) => panels.put('A', '{}', audit)],
  ['accounts.accept', 6_000, ({ accounts }) => accounts.accept({ ...change, reservationId: 'R', audit })],
  ['guard.reserve', 6_000, ({ guard }) => guard.reserve('admin', policy)],
  ['guard.settle', 6_000, ({ guard }) => guard.settle('R', 'wrong', policy)],
  ['guard.clear', 6_000, ({ guard }) => guard.clear('admin', audit)],
  ['audit.intent', 2_000, ({ audit }) => audit.intent(anIntent('A'))],
  ['audit.outcome', 2_000, ({ audit }) => audit.outcome('B', SUCCEEDED)],
  ['audit.event', 2_000, ({ audit }) => audit.event(anEvent())],
  ['audit.page', 6_000, ({ audit }) => audit.page({}, { size: 1 })],
  ['audit.sweep', 6_000, (store) => store.audit.sweep({ days: 90, maxRows: 10_000 })],
  ['instances.beat', 6_000, ({ instances }) => instances.beat(process)],
  ['instances.leave', 6_000, ({ instances }) => instances.leave()],
  ['instances.interruptDead', 6_000, ({ instances }) => instances.interruptDead()],
  ['runs.begin', 2_000, ({ runs }) => runs.begin(run)],
  ['runs.beginStep', 2_000, ({ runs }) => runs.beginStep(owner, 0, {})],
  ['runs.endStep', 6_000, ({ runs }) => runs.endStep(owner, 0, { state: 'succeeded', message: '' })],
  ['runs.progress', 6_000, ({ runs }) => runs.progress(owner, { done: 1, unit: 'members' })],
  ['runs.releaseLock', 6_000, ({ runs }) => runs.releaseLock(owner)],
  ['runs.takeOver', 6_000, ({ runs }) => runs.takeOver()],
  ['runs.get', 6_000, ({ runs }) => runs.get('R')],
  ['runs.list', 6_000, ({ runs }) => runs.list({ limit: 1 })],
  ['runs.deleteEndedBefore', 6_000, ({ runs }) => runs.deleteEndedBefore(1)],
  ['audit.sweep', 6_000, (store) => store.audit.sweep({ days: 90, maxRows: 10_000 })],
  ['now', 6_000, (store) => store.now()],
  ['maintain', 6_000, (store) => store.maintain()],
]
/** Nothing was done, for it could not be recorded. */
const WRITES_OF_AUDIT = ['audit.intent', 'audit.outcome', 'audit.event', 'runs.begin', 'runs.beginStep']
/** What this machine may add to a limit. */
const SLACK = 1_500

needServer('postgres', () => {
  let postgres: Postgres
  let url: string
  let schema: string
  let schemas = 0
  const opened: PostgresState[] = []
  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(() => postgres[Symbol.asyncDispose]())
  beforeEach(async () => {
    schemas += 1
    schema = `test_${schemas}`
    await postgres.query(`create schema ${schema}`)
    url = `${postgres.url}?options=-c%20search_path%3D${schema}`
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ state }) => state[Symbol.asyncDispose]()))
  })

  function begin(at = url): PostgresState {
    const begun = openPostgresState({ url: toSecret(at), poolSize: 4, kind: 'api', clock, random })
    opened.push(begun)
    return begun
  }
  async function open(at?: string): Promise<StateStore> {
    const { state, ready } = begin(at)
    await ready
    return state
  }
  async function openFilled(): Promise<StateStore> {
    const store = await open()
    await store.accounts.createFirst(admin)
    return store
  }

  /** All calls at once, more than there are connections. */
  const expectAway = (store: StateStore) =>
    Promise.all(
      CALLS.map(async ([name, limit, call]) => {
        const begun = performance.now()
        const code = WRITES_OF_AUDIT.includes(name) ? 'audit_unavailable' : 'auth_store_unavailable'
        await expect(call(store), name).rejects.toMatchObject({ code })
        expect(performance.now() - begun, name).toBeLessThan(limit + SLACK)
      }),
    )

  const expectAnswers = (store: StateStore, within = 5_000) =>
    expect.poll(() => store.health(), { timeout: within }).not.toBe('unavailable')

  async function expectBack(store: StateStore, within: number): Promise<void> {
    await expectAnswers(store, within)
    expect(await store.accounts.find('admin')).toMatchObject({ passwordHash: 'h' })
    expect(await attemptSignIn(store, { verified: 'h', session })).toBe('created')
    expect(await store.sessions.find(idHash)).toMatchObject({ username: 'admin' })
    expect(await store.health()).toBe('ok')
  }

  describe('a store that must exist', () => {
    const openExisting = () =>
      openExistingPostgresState({ url: toSecret(url), poolSize: 1, kind: 'cli', clock, random })

    it('is opened beside a process that uses it, by a role that may not create', async () => {
      const store = await openFilled()
      await using beside = await openExisting()
      expect(await beside.accounts.resetPassword({ name: 'admin', to: 'reset', audit })).toBe('changed')
      expect(await store.accounts.find('admin')).toMatchObject({ passwordHash: 'reset' })
    })

    it('is refused as it stands when its schema is empty, older or newer', async () => {
      await expect(openExisting()).rejects.toThrow(/has schema 0, this program knows \d; start the API of/)
      expect(await tablesOf(schema)).toEqual([''])
      await open()
      await postgres.query(`delete from ${schema}.schema_migrations where name > '0002'`)
      await expect(openExisting()).rejects.toThrow(/has schema 1, this program knows \d; start the API of/)
      await postgres.query(`insert into ${schema}.schema_migrations values ('9999-later', '')`)
      await expect(openExisting()).rejects.toThrow(StartRefused)
    })

    it('says within seconds that it does not answer', async () => {
      await open()
      postgres.hang()
      const begun = performance.now()
      await expect(openExisting()).rejects.toMatchObject({ code: 'auth_store_unavailable' })
      expect(performance.now() - begun).toBeLessThan(2_000 + SLACK)
      postgres.resume()
    })

    const tablesOf = (name: string) =>
      postgres.query(`select table_name from information_schema.tables where table_schema = '${name}'`)
  })

  describe('a server that is away', () => {
    it('SC-15 F48 is killed: every call says so, and all work again when it is back', async () => {
      const store = await openFilled()
      await postgres.kill()
      await expectAway(store)
      expect(await store.health()).toBe('unavailable')
      await postgres.restart()
      await expectBack(store, 5_000)
    })

    it('SC-15 F48 hangs: every call says so within its limit, and all work again when it goes on', async () => {
      const store = await openFilled()
      postgres.hang()
      await expectAway(store)
      expect(await store.health()).toBe('unavailable')
      postgres.resume()
      await expectBack(store, 5_000)
    })

    it('SC-15 is killed inside a transaction: nothing of it is left', async () => {
      const store = await open()
      await expect(store.accounts.createFirst(admin, () => postgres.kill())).rejects.toMatchObject({
        code: 'auth_store_unavailable',
      })
      await postgres.restart()
      await expectAnswers(store)
      expect(await store.accounts.count()).toBe(0)
      expect(await store.accounts.createFirst(admin)).toBe('created')
    })

    it('F48 commits and its answer is lost: what was done is found, and not done again', async () => {
      await using proxy = await startFaultProxy(postgres.url)
      const store = await open(url.replace(/:\d+\//, `:${proxy.port}/`))
      const lost = store.accounts.createFirst(admin, () => proxy.set({ mode: 'stall', direction: 'down' }))
      await expect(lost).rejects.toMatchObject({ code: 'auth_store_unavailable' })
      await proxy.set({ mode: 'pass' })
      await expectAnswers(store)
      expect(await store.accounts.get('A')).toMatchObject({ username: 'admin' })
      expect(await store.accounts.createFirst({ ...admin, id: 'B' })).toBe('exists')
    })

    it('ends idle connections without anybody noticing', async () => {
      const store = await openFilled()
      await Promise.all(CALLS.slice(2, 5).map(([, , call]) => call(store)))
      await postgres.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'etcdmonitor-api'`,
      )
      const left = `select count(*) from pg_stat_activity where application_name = 'etcdmonitor-api'`
      await expect.poll(() => postgres.query(left)).toEqual(['0'])
      await expectBack(store, 5_000)
    })

    it('F5 is away at the start: calls say so, and it is ready when the server comes', async () => {
      await postgres.kill()
      const { state, ready } = begin()
      await expectAway(state)
      await postgres.restart()
      const begun = performance.now()
      await ready
      expect(performance.now() - begun).toBeLessThan(3_000)
      expect(await state.accounts.createFirst(admin)).toBe('created')
    })

    it('is closed while the server hangs', async () => {
      const store = await openFilled()
      postgres.hang()
      const begun = performance.now()
      await store[Symbol.asyncDispose]()
      expect(performance.now() - begun).toBeLessThan(3_000)
      postgres.resume()
    })
  })

  describe('the clock', () => {
    it('is the server’s', async () => {
      const store = await open()
      const ask = async () =>
        Number((await postgres.query('select floor(extract(epoch from clock_timestamp()) * 1000)'))[0])
      const before = await ask()
      const now = await store.now()
      expect(now).toBeGreaterThanOrEqual(before)
      expect(now).toBeLessThanOrEqual((await ask()) + 1)
    })
  })

  describe('a transaction', () => {
    let db: Kysely<StateTables>
    beforeEach(async () => {
      await openFilled()
      const pool = { url, size: 4, application: 'test', statement: 5_000, lock: 2_000 }
      db = new Kysely({ dialect: new PostgresDialect({ pool: openPool(pool) }) })
    })
    afterEach(() => db.destroy())
    const transact: ReturnType<typeof createTransact> = (work, limit) =>
      createTransact({ db, clock, random })(work, limit)
    const conflicts = {
      '40001': sql`do 'begin raise exception sqlstate ''40001''; end'`,
      '40P01': sql`do 'begin raise exception sqlstate ''40P01''; end'`,
    } as const

    it.each(['40001', '40P01'] as const)('F62 runs again after %s, at most three times', async (state) => {
      let times = 0
      const passAt = (last: number) =>
        transact(async (tx) => {
          times += 1
          if (times < last) await conflicts[state].execute(tx)
          return times
        })
      expect(await passAt(4)).toBe(4)
      times = 0
      await expect(passAt(5)).rejects.toMatchObject({ code: state })
      expect(times).toBe(4)
    })

    it('F62 of two that lock each other out, both succeed', async () => {
      await sql`insert into login_guards values ('a', 0, 0, 0), ('b', 0, 0, 0)`.execute(db)
      const both = Promise.withResolvers<void>()
      let waiting = 0
      const add = (first: string, second: string) =>
        transact(async (tx) => {
          const count = (name: string) =>
            tx
              .updateTable('login_guards')
              .set(({ eb }) => ({ failed: eb('failed', '+', 1) }))
              .where('name', '=', name)
              .execute()
          await count(first)
          waiting += 1
          if (waiting === 2) both.resolve()
          await both.promise
          await count(second)
        })
      await Promise.all([add('a', 'b'), add('b', 'a')])
      const rows = await db.selectFrom('login_guards').select(['name', 'failed']).orderBy('name').execute()
      expect(rows).toEqual([
        { name: 'a', failed: 2 },
        { name: 'b', failed: 2 },
      ])
      expect(waiting).toBeGreaterThan(2)
    })

    it('that was given up is rolled back', async () => {
      const gate = Promise.withResolvers<void>()
      const late = transact(async (tx) => {
        await tx.updateTable('users').set({ password_hash: 'late' }).execute()
        await gate.promise
      }, 100)
      await expect(late).rejects.toMatchObject({ code: 'auth_store_unavailable' })
      gate.resolve()
      const hash = async () =>
        (await db.selectFrom('users').select('password_hash').executeTakeFirst())?.password_hash
      const free = () => db.selectFrom('users').select('id').forUpdate().skipLocked().execute()
      await expect.poll(free).toHaveLength(1)
      expect(await hash()).toBe('h')
    })

    it('writes durably whatever the server’s default', async () => {
      const shown = await sql<Record<string, string>>`show synchronous_commit`.execute(db)
      expect(shown.rows).toEqual([{ synchronous_commit: 'on' }])
    })

    it.each([
      ['signIn', 'update on users'],
      ['signIn', 'insert on sessions'],
      ['signIn', 'insert on audit_log'],
      ['changePassword', 'update on users'],
      ['changePassword', 'delete on sessions'],
      ['changePassword', 'insert on audit_log'],
    ])('SC-4 of %s leaves nothing when %s fails', async (method, statement) => {
      const store = await open()
      if (method === 'changePassword') await attemptSignIn(store, { verified: 'h', session })
      const before = await store.accounts.find('admin')
      await postgres.query(`set search_path = ${schema};
        create function fault() returns trigger language plpgsql as 'begin raise ''fault''; end';
        create trigger fault before ${statement} for each row execute function fault()`)
      const acting = method === 'signIn' ? attemptSignIn(store, signIn) : attemptChange(store, change)
      await expect(acting).rejects.toThrow('fault')
      await postgres.query(`set search_path = ${schema}; drop function fault cascade`)
      expect(await store.accounts.find('admin')).toEqual(before)
      expect((await store.sessions.find(idHash)) !== undefined).toBe(method === 'changePassword')
      expect(await attemptChange(store, change)).toBe('changed')
    })
  })

  describe('the place that the URL names', () => {
    const refusedWith = async (reason: RegExp, at = url) => {
      const error = await open(at).catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(StartRefused)
      expect(String(error)).toMatch(reason)
      expect(String(error)).not.toContain(new URL(postgres.url).password)
    }

    it('is migrated by one of five that come at once', async () => {
      const stores = await Promise.all([1, 2, 3, 4, 5].map(() => open()))
      expect(await Promise.all(stores.map(({ accounts }) => accounts.count()))).toEqual([0, 0, 0, 0, 0])
    })

    it('refuses a newer schema, and changes nothing', async () => {
      await openFilled()
      await postgres.query(`insert into ${schema}.schema_migrations values ('9999-later', '2999-01-01')`)
      await refusedWith(/the store has schema \d+, this program knows \d+; start the newer release/)
    })

    it('refuses a table of another program', async () => {
      await postgres.query(`create table ${schema}.schema_migrations (version text)`)
      await refusedWith(/schema_migrations in the schema test_\d+ is of another program/)
      await postgres.query(
        `drop table ${schema}.schema_migrations; create table ${schema}.users (theirs int)`,
      )
      await refusedWith(/has a table of another program in the schema/)
    })

    it('does not mind what other schemas hold', async () => {
      await postgres.query('create table public.schema_migrations (version text)')
      await openFilled()
      await postgres.query('drop table public.schema_migrations')
    })

    it('refuses a schema that is absent, a wrong password, an absent database, a role without rights', async () => {
      await refusedWith(/no schema of search_path exists/, url.replace(schema, 'absent'))
      await refusedWith(/refuses the password/, url.replace(/:[0-9a-f]+@/, ':wrong@'))
      await refusedWith(/has no such database/, url.replace('/postgres?', '/absent?'))
      await postgres.query(`create role poor login password 'x'; grant usage on schema ${schema} to poor`)
      await refusedWith(
        /the role may not create tables in the schema test_/,
        url.replace(/\/\/.*@/, '//poor:x@'),
      )
    })

    it('takes a role without the right to create once the schema is there', async () => {
      await openFilled()
      await postgres.query(`create role plain login password 'x'; grant usage on schema ${schema} to plain;
        grant select, insert, update, delete on all tables in schema ${schema} to plain`)
      const store = await open(url.replace(/\/\/.*@/, '//plain:x@'))
      expect(await attemptSignIn(store, { verified: 'h', session })).toBe('created')
    })

    it('refuses a URL that the driver cannot read', () => {
      expect(() => begin('postgres://127.0.0.1:port/db')).toThrow(
        /storage\.state\.url: cannot be used: Invalid URL/,
      )
      expect(() => begin(`${postgres.url}?sslmode=verify-full&sslrootcert=/absent`)).toThrow(
        /cannot be used: ENOENT/,
      )
    })
  })

  describe('a server with TLS', () => {
    let certificates: Certificates
    let other: Certificates
    let secured: Postgres
    beforeAll(async () => {
      certificates = await makeCertificates()
      other = await makeCertificates()
      secured = await startPostgres({ tls: certificates.server })
    })
    afterAll(async () => {
      await secured[Symbol.asyncDispose]()
      await certificates[Symbol.asyncDispose]()
      await other[Symbol.asyncDispose]()
    })
    const verified = (server: Postgres, ca: string) => `${server.url}?sslmode=verify-full&sslrootcert=${ca}`

    it('is verified', async () => {
      const store = await open(verified(secured, certificates.caFile))
      expect(await store.accounts.count()).toBe(0)
      const used = `select distinct ssl from pg_stat_ssl join pg_stat_activity using (pid)
        where application_name = 'etcdmonitor-api'`
      expect(await secured.query(used)).toEqual(['t'])
    })

    it.each([
      ['another CA signed it', () => verified(secured, other.caFile), /unable to verify|self-signed/],
      ['it has none', () => verified(postgres, certificates.caFile), /does not support SSL/],
    ])('is not talked to when %s, and why is told', async (_name, at, reason) => {
      const { state } = begin(at())
      const causes = async () => {
        const error = await state.accounts.count().catch((caught: unknown) => caught)
        const texts: string[] = []
        for (let one = error; one instanceof Error; one = one.cause) texts.push(one.message)
        return texts.join(': ')
      }
      await expect.poll(causes).toMatch(reason)
    })
  })
})
