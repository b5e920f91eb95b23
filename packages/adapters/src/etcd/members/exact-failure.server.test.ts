import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createHttp2Server } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { describeFailure } from '@etcdmonitor/core/etcd/describe-failure'
import { type Certificates, type KeyPair, makeCertificates } from '@etcdmonitor/rig/certificates'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { FRESH, openClient } from '../open-client.contract.ts'

describe('D4 an endpoint that fails says in every view what the doctor finds', () => {
  let ours: Certificates
  let foreign: Certificates
  const listening: Server[] = []
  beforeAll(async () => {
    ours = await makeCertificates()
    foreign = await makeCertificates()
  })
  afterEach(() => {
    for (const server of listening.splice(0)) server.close()
  })
  afterAll(async () => {
    await ours[Symbol.asyncDispose]()
    await foreign[Symbol.asyncDispose]()
  })

  async function listen(server: Server): Promise<string> {
    listening.push(server)
    server.on('tlsClientError', () => undefined)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const filesOf = (pair: KeyPair) => ({
    cert: readFileSync(pair.certFile),
    key: readFileSync(pair.keyFile),
  })
  const showing = (pair: KeyPair, more: object = {}) =>
    listen(
      createTlsServer({ ...filesOf(pair), ALPNProtocols: ['h2'], ...more }, (socket) =>
        socket.on('error', () => undefined).resume(),
      ),
    )

  async function seen(url: string, ca = ours): Promise<string> {
    const tls = { ca: readFileSync(ca.caFile), serverName: '', insecureSkipVerify: false }
    await using client = openClient({ endpoints: [url], tls })
    const failure = (await client.view(FRESH)).endpoints[0]?.failure
    return failure ? `${failure.stage} ${failure.kind}: ${describeFailure(failure)}` : 'ok'
  }

  it('a certificate of another CA: who signed it', async () => {
    expect(await seen(await showing(ours.server), foreign)).toMatch(
      /^tls tls_untrusted: the certificate is signed by .+, which is not trusted here: set etcd\.tls_ca_cert/,
    )
  })

  it('one for another name: its names', async () => {
    expect(await seen(await showing(ours.wrongName))).toMatch(
      /^tls tls_name: the certificate is for .*other\.invalid.*, not for 127\.0\.0\.1: use one of its names/,
    )
  })

  it('an expired one: since when', async () => {
    expect(await seen(await showing(ours.expired))).toBe(
      'tls tls_expired: the certificate of the server expired on 2021-01-01T00:00:00.000Z: renew it',
    )
  })

  it('TLS that is no etcd is not taken for plain text', async () => {
    const page = createHttpsServer(filesOf(ours.server), (_, answer) => answer.end('metrics'))
    expect(await seen(await listen(page))).toBe(
      "tls not_etcd: something answers there, but not etcd's client port (a metrics listener?)",
    )
  })

  it('TLS that is too old is not taken for plain text either', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }
    expect(await seen(await showing(ours.server, old))).toBe(
      'tls tls_protocol: the server speaks no TLS of version 1.2 or newer: upgrade it, or what stands before it',
    )
  })

  it('plain text behind https://', async () => {
    const plain = createServer((socket) => socket.on('error', () => undefined).end('no TLS'))
    expect(await seen(await listen(plain))).toBe(
      'tls tls_protocol: one side speaks TLS and the other does not: check http:// and https://',
    )
  })

  it('what takes connections and says nothing fails behind TCP', async () => {
    const silent = await listen(createServer((socket) => socket.on('error', () => undefined).resume()))
    expect(await seen(silent)).toMatch(/^tls timeout: accepts connections but does not answer in time/)
    expect(await seen(silent.replace('https:', 'http:'))).toMatch(/^tls timeout: accepts connections/)
  })

  it('answers again: nothing of the failure stays', async () => {
    const tls = { ca: readFileSync(ours.caFile), serverName: '', insecureSkipVerify: false }
    const url = await listen(createHttpsServer(filesOf(ours.server)))
    await using client = openClient({ endpoints: [url], tls, interval: 0 })
    expect((await client.view(FRESH)).endpoints[0]?.failure?.kind).toBe('not_etcd')
    const { port } = new URL(url)
    for (const server of listening.splice(0)) server.close()
    const later = createHttp2Server()
    listening.push(later)
    await once(later.listen(Number(port), '127.0.0.1'), 'listening')
    await client.view(FRESH)
    const failure = (await client.view(FRESH)).endpoints[0]?.failure
    expect(failure?.kind).not.toBe('not_etcd')
    expect(failure?.sentence ?? '').not.toContain('metrics listener')
  })
})
