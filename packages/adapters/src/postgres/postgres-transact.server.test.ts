import { attemptChange, attemptSignIn, lockAndFill, POLICY } from '@etcdmonitor/core/contracts/state-attempts'
import { needServer } from '@etcdmonitor/rig/need-server'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock as clock } from '../node/clock.ts'
import { randomBytes as random } from '../node/random.ts'
import type { StateTables } from '../sql/state-tables.ts'
import { givenSchemas, SESSION } from './given-schemas.contract.ts'
import { openPool } from './postgres-pool.ts'
import { createTransact } from './postgres-transact.ts'

const signIn = { verified: 'h', session: SESSION, rehash: 'rehashed' }
const change = { userId: 'A', verified: 'h', to: 'changed' }

needServer('postgres', () => {
  const { server, schema, url, open, openFilled } = givenSchemas()

  describe('a transaction', () => {
    let db: Kysely<StateTables>
    beforeEach(async () => {
      await openFilled()
      const pool = { url: url(), size: 4, application: 'test', statement: 5_000, lock: 2_000 }
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

    it('C1 of whoever holds the row of a name is not waited for by attempts that are not let through', async () => {
      const { guard } = await open()
      await lockAndFill(guard)
      await transact(async (tx) => {
        await tx.selectFrom('login_guards').select('name').forUpdate().execute()
        expect(await guard.reserve('locked', POLICY)).toMatchObject({ kind: 'locked' })
        expect(await guard.reserve('full', POLICY)).toEqual({ kind: 'wait' })
      })
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
      if (method === 'changePassword') await attemptSignIn(store, { verified: 'h', session: SESSION })
      const before = await store.accounts.find('admin')
      await server().query(`set search_path = ${schema()};
        create function fault() returns trigger language plpgsql as 'begin raise ''fault''; end';
        create trigger fault before ${statement} for each row execute function fault()`)
      const acting = method === 'signIn' ? attemptSignIn(store, signIn) : attemptChange(store, change)
      await expect(acting).rejects.toThrow('fault')
      await server().query(`set search_path = ${schema()}; drop function fault cascade`)
      expect(await store.accounts.find('admin')).toEqual(before)
      expect((await store.sessions.find(SESSION.idHash)) !== undefined).toBe(method === 'changePassword')
      expect(await attemptChange(store, change)).toBe('changed')
    })
  })
})
