import { attemptSignIn } from '@etcdmonitor/core/contracts/state-attempts'
import { StartRefused } from '@etcdmonitor/core/errors'
import { needServer } from '@etcdmonitor/rig/need-server'
import { describe, expect, it } from 'vitest'
import { givenSchemas, SESSION } from './given-schemas.contract.ts'

needServer('postgres', () => {
  const { server, schema, url, begin, open, openFilled } = givenSchemas()

  describe('the place that the URL names', () => {
    const refusedWith = async (reason: RegExp, at = url()) => {
      const error = await open(at).catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(StartRefused)
      expect(String(error)).toMatch(reason)
      expect(String(error)).not.toContain(new URL(server().url).password)
    }

    it('is migrated by one of five that come at once', async () => {
      const stores = await Promise.all([1, 2, 3, 4, 5].map(() => open()))
      expect(await Promise.all(stores.map(({ accounts }) => accounts.count()))).toEqual([0, 0, 0, 0, 0])
    })

    it('refuses a newer schema, and changes nothing', async () => {
      await openFilled()
      await server().query(`insert into ${schema()}.schema_migrations values ('9999-later', '2999-01-01')`)
      await refusedWith(/the store has schema \d+, this program knows \d+; start the newer release/)
    })

    it('refuses a table of another program', async () => {
      await server().query(`create table ${schema()}.schema_migrations (version text)`)
      await refusedWith(/schema_migrations in the schema test_\d+ is of another program/)
      await server().query(
        `drop table ${schema()}.schema_migrations; create table ${schema()}.users (theirs int)`,
      )
      await refusedWith(/has a table of another program in the schema/)
    })

    it('does not mind what other schemas hold', async () => {
      await server().query('create table public.schema_migrations (version text)')
      await openFilled()
      await server().query('drop table public.schema_migrations')
    })

    it('refuses a schema that is absent, a wrong password, an absent database, a role without rights', async () => {
      await refusedWith(/no schema of search_path exists/, url().replace(schema(), 'absent'))
      await refusedWith(/refuses the password/, url().replace(/:[0-9a-f]+@/, ':wrong@'))
      await refusedWith(/has no such database/, url().replace('/postgres?', '/absent?'))
      await server().query(`create role poor login password 'x'; grant usage on schema ${schema()} to poor`)
      await refusedWith(
        /the role may not create tables in the schema test_/,
        url().replace(/\/\/.*@/, '//poor:x@'),
      )
    })

    it('takes a role without the right to create once the schema is there', async () => {
      await openFilled()
      await server().query(`create role plain login password 'x'; grant usage on schema ${schema()} to plain;
        grant select, insert, update, delete on all tables in schema ${schema()} to plain`)
      const store = await open(url().replace(/\/\/.*@/, '//plain:x@'))
      expect(await attemptSignIn(store, { verified: 'h', session: SESSION })).toBe('created')
    })

    it('refuses a URL that the driver cannot read', () => {
      expect(() => begin('postgres://127.0.0.1:port/db')).toThrow(
        /storage\.state\.url: cannot be used: Invalid URL/,
      )
      expect(() => begin(`${server().url}?sslmode=verify-full&sslrootcert=/absent`)).toThrow(
        /cannot be used: ENOENT/,
      )
    })
  })
})
