import { anEvent } from '@etcdmonitor/core/contracts/audit-entries'
import { StartRefused } from '@etcdmonitor/core/errors'
import { toSecret } from '@etcdmonitor/core/secret'
import { watchLateness } from '@etcdmonitor/rig/lateness'
import { needServer } from '@etcdmonitor/rig/need-server'
import { describe, expect, it } from 'vitest'
import { systemClock as clock } from '../node/clock.ts'
import { randomBytes as random } from '../node/random.ts'
import { givenSchemas, SLACK } from './given-schemas.contract.ts'
import { openExistingPostgresState } from './state-store.ts'

const audit = anEvent()

needServer('postgres', () => {
  const { server, schema, url, open, openFilled } = givenSchemas()

  describe('a store that must exist', () => {
    const openExisting = () =>
      openExistingPostgresState({ url: toSecret(url()), poolSize: 1, kind: 'cli', clock, random })

    it('is opened beside a process that uses it, by a role that may not create', async () => {
      const store = await openFilled()
      await using beside = await openExisting()
      expect(await beside.accounts.resetPassword({ name: 'admin', to: 'reset', audit })).toBe('changed')
      expect(await store.accounts.find('admin')).toMatchObject({ passwordHash: 'reset' })
    })

    it('is refused as it stands when its schema is empty, older or newer', async () => {
      await expect(openExisting()).rejects.toThrow(/has schema 0, this program knows \d; start the API of/)
      expect(await tablesOf(schema())).toEqual([''])
      await open()
      await server().query(`delete from ${schema()}.schema_migrations where name > '0002'`)
      await expect(openExisting()).rejects.toThrow(/has schema 1, this program knows \d; start the API of/)
      await server().query(`insert into ${schema()}.schema_migrations values ('9999-later', '')`)
      await expect(openExisting()).rejects.toThrow(StartRefused)
    })

    it('says within seconds that it does not answer', async () => {
      await open()
      server().hang()
      using late = watchLateness()
      const begun = performance.now()
      await expect(openExisting()).rejects.toMatchObject({ code: 'auth_store_unavailable' })
      expect(performance.now() - begun).toBeLessThan(2_000 + SLACK + late.most())
      server().resume()
    })

    const tablesOf = (name: string) =>
      server().query(`select table_name from information_schema.tables where table_schema = '${name}'`)
  })
})
