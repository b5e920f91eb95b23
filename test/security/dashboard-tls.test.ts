// proves: C32
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { get, type RequestOptions } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { type Certificates, type KeyPair, makeCertificates } from '@etcdmonitor/rig/certificates'
import { type Program, startProgram } from '@etcdmonitor/rig/processes'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually } from '../setup/eventually.ts'

let certificates: Certificates
let folder: string
let program: Program
let port: number
const put = ({ certFile, keyFile }: KeyPair) => {
  copyFileSync(certFile, join(folder, 'cert.pem'))
  copyFileSync(keyFile, join(folder, 'key.pem'))
}

beforeAll(async () => {
  certificates = await makeCertificates()
  folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-https-'))
  put(certificates.server)
  program = await startProgram({
    args: ['packages/cli/src/main.ts', 'api'],
    env: {
      ETCDMONITOR_ETCD_ENDPOINT: 'http://127.0.0.1:1',
      ETCDMONITOR_SERVER_LISTEN: '127.0.0.1:0',
      ETCDMONITOR_SERVER_TLS_ENABLE: 'true',
      ETCDMONITOR_SERVER_TLS_CERT: join(folder, 'cert.pem'),
      ETCDMONITOR_SERVER_TLS_KEY: join(folder, 'key.pem'),
      ETCDMONITOR_STORAGE_DATA_DIR: join(folder, 'data'),
    },
  })
  const { json } = await program.waitForLine((line) => line.json?.event === 'api_listening')
  expect(json?.tls).toBe(true)
  port = Number(json?.port)
})
afterAll(async () => {
  await program.stop()
  rmSync(folder, { recursive: true })
  await certificates[Symbol.asyncDispose]()
})

interface Seen {
  readonly status: number | undefined
  readonly hsts: string | undefined
  readonly certificate: unknown
}

/** One request on a connection of its own. */
const ask = (path: string, options: RequestOptions = {}): Promise<Seen> =>
  new Promise((resolve, reject) => {
    const ca = readFileSync(certificates.caFile)
    const asked = { host: '127.0.0.1', port, path, ca, agent: false, timeout: 10_000, ...options }
    get(asked, (answer) => {
      const { statusCode: status, headers } = answer
      const { subject } = (answer.socket as TLSSocket).getPeerCertificate() // https gives no other
      resolve({ status, hsts: headers['strict-transport-security'], certificate: subject.CN })
      answer.resume()
    }).on('error', reject)
  })

it('serves pages and API by HTTPS alone, and tells browsers to stay with it', async () => {
  for (const [path, status] of [
    ['/healthz', 200],
    ['/', 200],
    ['/api/status', 401],
  ] as const)
    expect(await ask(path)).toEqual({
      status,
      hsts: 'max-age=31536000; includeSubDomains',
      certificate: 'server',
    })
  const plain = fetch(`http://127.0.0.1:${port}/healthz`, {
    signal: AbortSignal.timeout(60_000),
    redirect: 'error',
  })
  await expect(plain).rejects.toThrow(TypeError)
})

it('takes renewed files over without a restart or a request that fails', async () => {
  put(certificates.wrongName)
  await eventually('renewed', async () => {
    const { status, certificate } = await ask('/healthz', { checkServerIdentity: () => undefined })
    expect(status).toBe(200)
    return certificate === 'wrong-name'
  })
})
