import { type Certificates, makeCertificates } from '@etcdmonitor/rig/certificates'
import { needServer } from '@etcdmonitor/rig/need-server'
import { type Postgres, startPostgres } from '@etcdmonitor/rig/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { givenSchemas } from './given-schemas.contract.ts'

needServer('postgres', () => {
  const { server, begin, open } = givenSchemas()

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
      ['it has none', () => verified(server(), certificates.caFile), /does not support SSL/],
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
