import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartRefused } from '@etcdmonitor/core/errors'
import { type Certificates, makeCertificates } from '@etcdmonitor/rig/certificates'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createExpiryCheck, readTlsMaterial, serverIdentity } from './tls-material.ts'

let certificates: Certificates
let folder = ''
beforeAll(async () => {
  certificates = await makeCertificates()
  folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-tls-'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await certificates[Symbol.asyncDispose]()
})

const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
const problemsOf = (paths: Partial<Parameters<typeof readTlsMaterial>[0]>): readonly string[] => {
  try {
    readTlsMaterial({ ca: '', cert: '', key: '', ...paths })
    return []
  } catch (error) {
    if (error instanceof StartRefused) return error.problems
    throw error
  }
}

it('reads what is configured, and nothing where nothing is', () => {
  const { caFile, client } = certificates
  const material = readTlsMaterial({ ca: caFile, cert: client.certFile, key: client.keyFile })
  expect(material.key).toEqual(readFileSync(client.keyFile))
  expect(readTlsMaterial({ ca: '', cert: '', key: '' })).toEqual({})
})

describe('D4 keys', () => {
  it.each([
    ['PKCS#8', ['pkey', '-in', 'key.pem', '-out', 'form.pem']],
    ['PKCS#1', ['rsa', '-in', 'key.pem', '-traditional', '-out', 'form.pem']],
  ])('of RSA are taken as %s', (_, args) => {
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=a',
      '-keyout',
      'key.pem',
      '-out',
      'cert.pem',
    )
    openssl(...args)
    expect(problemsOf({ cert: join(folder, 'cert.pem'), key: join(folder, 'form.pem') })).toEqual([])
  })

  it('of EC are taken with a block of parameters before them', () => {
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-out', 'ec.pem')
    expect(readFileSync(join(folder, 'ec.pem'), 'utf8')).toContain('BEGIN EC PARAMETERS')
    openssl('req', '-x509', '-new', '-key', 'ec.pem', '-subj', '/CN=a', '-out', 'ec-cert.pem')
    expect(problemsOf({ cert: join(folder, 'ec-cert.pem'), key: join(folder, 'ec.pem') })).toEqual([])
  })

  it('that are encrypted are refused by that name', () => {
    openssl('genpkey', '-algorithm', 'RSA', '-aes256', '-pass', 'pass:secret', '-out', 'locked.pem')
    const { certFile } = certificates.client
    expect(problemsOf({ cert: certFile, key: join(folder, 'locked.pem') })).toEqual([
      'etcd.tls_key: holds an encrypted key; wanted one without a passphrase',
    ])
  })
})

it('refuses what cannot be read, does not parse, or does not fit', () => {
  const { client, server } = certificates
  writeFileSync(join(folder, 'junk.pem'), 'junk')
  expect(problemsOf({ ca: join(folder, 'missing.pem') })[0]).toMatch(
    /^etcd\.tls_ca_cert: cannot be read: ENOENT/,
  )
  expect(problemsOf({ cert: join(folder, 'junk.pem'), key: client.keyFile })).toHaveLength(1)
  expect(problemsOf({ cert: client.certFile, key: server.keyFile })).toHaveLength(1)
  expect(problemsOf({ ca: join(folder, 'junk.pem') })).toHaveLength(1)
})

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
