import { readFileSync } from 'node:fs'
import { type Certificates, makeCertificates } from '@etcdmonitor/rig/certificates'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createExpiryCheck, serverIdentity } from './tls-material.ts'

let certificates: Certificates
beforeAll(async () => {
  certificates = await makeCertificates()
})
afterAll(() => certificates[Symbol.asyncDispose]())

it('knows when our certificate may be shown', () => {
  const check = createExpiryCheck({ cert: readFileSync(certificates.expired.certFile) })
  expect(check(Date.parse('2020-06-01'))).toBeUndefined()
  expect(check(Date.parse('2026-06-01'))).toBe(
    'our certificate (etcd.tls_cert) expired on 2021-01-01T00:00:00.000Z',
  )
  expect(check(Date.parse('2019-06-01'))).toMatch(/is not valid before 2020-01-01/)
  expect(createExpiryCheck({})(0)).toBeUndefined()
})

it('ET1 never names an address in the handshake, and checks it all the same', () => {
  expect(serverIdentity('10.9.0.4', '').servername).toBe('etcd.invalid')
  expect(serverIdentity('etcd-0.internal', '').servername).toBe('etcd-0.internal')
  expect(serverIdentity('10.9.0.4', 'etcd.internal').servername).toBe('etcd.internal')
  const certificate = { subjectaltname: 'IP Address:10.9.0.4', subject: {} } as never // what the check reads
  expect(serverIdentity('10.9.0.4', '').checkServerIdentity('etcd.invalid', certificate)).toBeUndefined()
  expect(serverIdentity('10.9.0.5', '').checkServerIdentity('etcd.invalid', certificate)).toMatchObject({
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  })
})
