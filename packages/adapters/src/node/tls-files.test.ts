import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartRefused } from '@etcdmonitor/core/errors'
import { type Certificates, makeCertificates } from '@etcdmonitor/rig/certificates'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkTlsFiles, readTlsFiles } from './tls-files.ts'

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

const NONE = { tls_ca_cert: '', tls_cert: '', tls_key: '' }
const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
const inFolder = (name: string) => join(folder, name)
const problemsOf = (files: Partial<typeof NONE>): readonly string[] => checkTlsFiles({ ...NONE, ...files })

const makePair = (algorithm: string) =>
  openssl(
    'req',
    '-x509',
    '-newkey',
    algorithm,
    '-nodes',
    '-subj',
    '/CN=a',
    '-keyout',
    'key.pem',
    '-out',
    'cert.pem',
  )

it('reads what is configured, and nothing where nothing is', () => {
  const { caFile, client } = certificates
  const files = { tls_ca_cert: caFile, tls_cert: client.certFile, tls_key: client.keyFile }
  expect(readTlsFiles(files)).toEqual({
    ca: readFileSync(caFile),
    cert: readFileSync(client.certFile),
    key: readFileSync(client.keyFile),
  })
  expect(readTlsFiles(NONE)).toEqual({})
})

describe('D4 keys', () => {
  it.each([
    ['PKCS#8', ['pkey', '-in', 'key.pem', '-out', 'form.pem']],
    ['PKCS#1', ['rsa', '-in', 'key.pem', '-traditional', '-out', 'form.pem']],
  ])('of RSA are taken as %s', (_, args) => {
    makePair('rsa:2048')
    openssl(...args)
    expect(problemsOf({ tls_cert: inFolder('cert.pem'), tls_key: inFolder('form.pem') })).toEqual([])
  })

  it('of EC are taken with a block of parameters before them', () => {
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-out', 'ec.pem')
    expect(readFileSync(inFolder('ec.pem'), 'utf8')).toContain('BEGIN EC PARAMETERS')
    openssl('req', '-x509', '-new', '-key', 'ec.pem', '-subj', '/CN=a', '-out', 'ec-cert.pem')
    expect(problemsOf({ tls_cert: inFolder('ec-cert.pem'), tls_key: inFolder('ec.pem') })).toEqual([])
  })

  it('that are encrypted are refused by that name', () => {
    openssl('genpkey', '-algorithm', 'RSA', '-aes256', '-pass', 'pass:secret', '-out', 'locked.pem')
    const tls_key = inFolder('locked.pem')
    expect(problemsOf({ tls_cert: certificates.client.certFile, tls_key })).toEqual([
      `etcd.tls_key: holds an encrypted key; wanted a readable PEM key without a passphrase; got "${tls_key}"`,
    ])
  })
})

it('refuses what cannot be read, does not parse, or does not fit', () => {
  const { client, server } = certificates
  writeFileSync(inFolder('junk.pem'), 'junk')
  const junk = inFolder('junk.pem')
  expect(problemsOf({ tls_ca_cert: inFolder('missing.pem') })[0]).toMatch(
    /^etcd\.tls_ca_cert: does not exist; wanted readable PEM certificates/,
  )
  expect(problemsOf({ tls_ca_cert: junk, tls_cert: junk, tls_key: junk })).toHaveLength(3)
  expect(problemsOf({ tls_cert: client.certFile, tls_key: server.keyFile })[0]).toMatch(
    /^etcd\.tls_key: does not fit the certificate/,
  )
  expect(() => readTlsFiles({ ...NONE, tls_ca_cert: junk })).toThrow(StartRefused)
})

it('names the keys of the section that they are of', () => {
  const { client, server } = certificates
  expect(checkTlsFiles({ tls_cert: client.certFile, tls_key: server.keyFile }, 'server')).toEqual([
    `server.tls_key: does not fit the certificate; wanted the key of server.tls_cert; got "${server.keyFile}"`,
  ])
})

it('refuses what parses and fits, and with which no connection can be made', () => {
  makePair('rsa:1024')
  expect(problemsOf({ tls_cert: inFolder('cert.pem'), tls_key: inFolder('key.pem') })).toEqual([
    expect.stringMatching(
      /^etcd\.tls_ca_cert, etcd\.tls_cert, etcd\.tls_key: cannot be used: .*key too small/,
    ),
  ])
})
