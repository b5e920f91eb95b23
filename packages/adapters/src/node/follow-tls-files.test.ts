import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ManualClock, manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { type Certificates, type KeyPair, makeCertificates } from '@etcdmonitor/rig/certificates'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { followTlsFiles } from './follow-tls-files.ts'
import { readTlsFiles, type TlsFiles } from './tls-files.ts'

let certificates: Certificates
let folder: string
let clock: ManualClock
let stop: AbortController
let following: Promise<void>
const renew = vi.fn<(files: TlsFiles) => void>()
const tell = vi.fn<(event: string, fields?: object) => void>()

beforeAll(async () => {
  certificates = await makeCertificates()
})
afterAll(() => certificates[Symbol.asyncDispose]())

const put = ({ certFile, keyFile }: KeyPair) => {
  copyFileSync(certFile, join(folder, 'cert.pem'))
  copyFileSync(keyFile, join(folder, 'key.pem'))
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-renew-'))
  put(certificates.server)
  const keys = { tls_cert: join(folder, 'cert.pem'), tls_key: join(folder, 'key.pem') }
  clock = manualClock()
  stop = new AbortController()
  vi.clearAllMocks()
  const log = { debug: tell, info: tell, warn: tell, error: tell }
  following = followTlsFiles(
    { section: 'server', keys, files: readTlsFiles(keys), renew, clock, log },
    stop.signal,
  )
})
afterEach(async () => {
  stop.abort()
  await following
  rmSync(folder, { recursive: true })
})

it('puts a replaced certificate to use within 15 s, once', async () => {
  await clock.advance(60_000)
  expect(renew).not.toHaveBeenCalled()
  put(certificates.wrongName)
  await clock.advance(60_000)
  const { certFile, keyFile } = certificates.wrongName
  expect(renew.mock.calls).toEqual([[readTlsFiles({ tls_cert: certFile, tls_key: keyFile })]])
})

it('keeps what it has while the replacement cannot be used, says so every minute, and takes the next one', async () => {
  copyFileSync(certificates.wrongName.keyFile, join(folder, 'key.pem')) // half of it
  await clock.advance(75_000)
  expect(renew).not.toHaveBeenCalled()
  expect(tell.mock.calls.map(([event]) => event)).toEqual(['tls_files_unusable', 'tls_files_unusable'])
  expect(tell.mock.calls[0]?.[1]).toEqual({
    message: expect.stringMatching(/^server\.tls_key: does not fit .* What was read before is used$/),
  })
  copyFileSync(certificates.wrongName.certFile, join(folder, 'cert.pem'))
  await clock.advance(15_000)
  expect(renew).toHaveBeenCalledTimes(1)
  writeFileSync(join(folder, 'cert.pem'), '')
  await clock.advance(15_000)
  expect(tell).toHaveBeenLastCalledWith('tls_files_unusable', {
    message: expect.stringMatching(/^server\.tls_cert: holds no PEM certificate/),
  })
})

it('follows the CA of etcd too, and says of what', async () => {
  const ca = join(folder, 'ca.pem')
  copyFileSync(certificates.caFile, ca)
  const keys = { tls_cert: '', tls_key: '', tls_ca_cert: ca }
  const lines: string[] = []
  const log = { debug: tell, info: (event: string) => void lines.push(event), warn: tell, error: tell }
  const files = readTlsFiles(keys)
  const ending = new AbortController()
  const other = followTlsFiles(
    { section: 'etcd', keys, files, renew, clock, log: { ...log, error: log.info } },
    ending.signal,
  )
  await clock.advance(15_000)
  writeFileSync(ca, 'garbage')
  await clock.advance(15_000)
  expect(renew).not.toHaveBeenCalled()
  copyFileSync(certificates.server.certFile, ca)
  await clock.advance(15_000)
  expect(renew.mock.calls).toEqual([[readTlsFiles(keys)]])
  expect(lines).toEqual(['etcd_tls_reload_failed', 'etcd_tls_reloaded'])
  ending.abort()
  await other
})
