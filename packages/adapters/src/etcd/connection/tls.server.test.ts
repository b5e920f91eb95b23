import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { describeFailure } from '@etcdmonitor/core/etcd/describe-failure'
import { failureIn } from '@etcdmonitor/core/etcd/fail-call'
import { type Certificates, type KeyPair, makeCertificates } from '@etcdmonitor/rig/certificates'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { needServer } from '@etcdmonitor/rig/need-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FRESH, openClient } from '../open-client.contract.ts'
import type { TlsSettings } from './tls-material.ts'

needServer('etcd', () => {
  let ours: Certificates
  let foreign: Certificates
  beforeAll(async () => {
    ours = await makeCertificates()
    foreign = await makeCertificates()
  })
  afterAll(async () => {
    await ours[Symbol.asyncDispose]()
    await foreign[Symbol.asyncDispose]()
  })

  const tlsOf = (ca: string, pair?: KeyPair, more: Partial<TlsSettings> = {}): TlsSettings => ({
    ca: readFileSync(ca),
    ...(pair && { cert: readFileSync(pair.certFile), key: readFileSync(pair.keyFile) }),
    serverName: '',
    insecureSkipVerify: false,
    ...more,
  })

  /** Kind and stage that the view shows for this endpoint; `ok` when it is fine. Asks again where a busy machine took too long. */
  async function kindAt(endpoint: string, tls?: TlsSettings): Promise<string> {
    await using client = openClient({ endpoints: [endpoint], tls })
    const { endpoints } = await client.view(FRESH)
    const failure = endpoints[0]?.failure
    if (failure?.kind === 'timeout') return kindAt(endpoint, tls)
    return failure ? `${failure.kind} ${failure.stage} ${failure.sent}` : 'ok'
  }

  /** A listener that shows this certificate and then says nothing. */
  async function showing(pair: KeyPair): Promise<AsyncDisposable & { readonly url: string }> {
    const files = { cert: readFileSync(pair.certFile), key: readFileSync(pair.keyFile) }
    const server = createTlsServer({ ...files, ALPNProtocols: ['h2'] }, (socket) => socket.resume())
    server.on('tlsClientError', () => undefined)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return {
      url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      async [Symbol.asyncDispose]() {
        server.close()
      },
    }
  }

  for (const found of etcdVersions(process.env.TEST_SUITE === 'full' ? 'full' : 'quick')) {
    if ('missing' in found) continue
    describe(`TLS with client certificates, etcd ${found.version}`, () => {
      let servers: Servers
      let url = ''
      beforeAll(async () => {
        const tls = { caFile: ours.caFile, ...ours.server, clientCertAuth: true }
        servers = await startEtcdCluster({ members: 1, binary: found.path, tls })
        url = servers.endpoints[0] ?? ''
      })
      afterAll(() => servers.dispose())

      it('ET1 reaches an IP address by its IP SAN: list, status, page, leases', async () => {
        await using client = openClient({ endpoints: [url], tls: tlsOf(ours.caFile, ours.client) })
        const { members, stale } = await client.view(FRESH)
        const id = members[0]?.id ?? ''
        expect(stale).toBe(false)
        expect((await client.status(id)).memberId).toBe(id)
        expect(await client.leaseCount(id)).toBe(0)
        const page = await client.metricsPage(id)
        expect(page instanceof Uint8Array && new TextDecoder().decode(page)).toContain(
          'etcd_server_has_leader 1',
        )
      })

      it('ET35 leaves no line in the log of etcd, however many clients come and go', async () => {
        const visit = async () => {
          await using client = openClient({ endpoints: [url], tls: tlsOf(ours.caFile, ours.client) })
          const { members } = await client.view(FRESH)
          const id = members[0]?.id ?? ''
          await Promise.all([client.status(id), client.metricsPage(id), client.leaseCount(id)])
        }
        const rejected = () => servers.members[0]?.logs().match(/rejected connection/g)?.length ?? 0
        const before = rejected()
        for (let pair = 0; pair < 5; pair += 1) await Promise.all([visit(), visit()])
        expect(rejected()).toBe(before)
        expect(await kindAt(url, tlsOf(ours.caFile, foreign.client))).toBe(
          'tls_client_cert_required tls false',
        )
        await expect.poll(rejected).toBeGreaterThan(before) // so such a line would be seen
      })

      it('reaches a name by its DNS SAN, and another server name when it is configured', async () => {
        const named = url.replace('127.0.0.1', 'localhost')
        expect(await kindAt(named, tlsOf(ours.caFile, ours.client))).toBe('ok')
        expect(await kindAt(url, tlsOf(ours.caFile, ours.client, { serverName: 'localhost' }))).toBe('ok')
      })

      it('ET2 names a wrong CA, no client certificate, a foreign one, an expired one, a wrong name, plain text', async () => {
        expect(await kindAt(url, tlsOf(foreign.caFile, ours.client))).toBe('tls_untrusted tls false')
        expect(await kindAt(url, tlsOf(ours.caFile))).toBe('tls_client_cert_required tls false')
        expect(await kindAt(url, tlsOf(ours.caFile, foreign.client))).toBe(
          'tls_client_cert_required tls false',
        )
        expect(await kindAt(url, tlsOf(ours.caFile, ours.expired))).toBe('tls_expired tls false')
        const other = { serverName: 'other.invalid' }
        expect(await kindAt(url, tlsOf(ours.caFile, ours.client, other))).toBe('tls_name tls false')
        expect(await kindAt(url.replace('https:', 'http:'))).toBe('tls_protocol tls false')
      })

      it('never verifies less than it says: unverified only when that is configured', async () => {
        expect(await kindAt(url, tlsOf(foreign.caFile, ours.client, { insecureSkipVerify: true }))).toBe('ok')
        expect(await kindAt(url)).toBe('tls_untrusted tls false')
      })

      it('D4 has a sentence of its own for each reason of a server that refuses us', async () => {
        const sentenceOf = async (tls: TlsSettings) => {
          await using client = openClient({ endpoints: [url], tls })
          const failure = (await client.view(FRESH)).endpoints[0]?.failure
          return failure ? describeFailure(failure) : ''
        }
        const refused = /^the server asks for a client certificate, or refuses ours: set etcd\.tls_cert/
        const none = await sentenceOf(tlsOf(ours.caFile))
        expect(none).toMatch(refused)
        expect(none).toMatch(/; none is configured$/)
        const other = await sentenceOf(tlsOf(ours.caFile, foreign.client))
        expect(other).toMatch(refused)
        expect(other).toMatch(/; ours is signed by .+$/)
      })

      it('D4 says from a call and from the page what is wrong', async () => {
        const endpoints = [url]
        await using good = openClient({ endpoints, tls: tlsOf(ours.caFile, ours.client) })
        const id = (await good.view(FRESH)).members[0]?.id ?? ''
        await using client = openClient({ endpoints: [url], tls: tlsOf(ours.caFile) })
        const { endpoints: seen } = await client.view(FRESH)
        expect(seen[0]?.failure?.kind).toBe('tls_client_cert_required')
        expect(await client.metricsPage(id)).toMatchObject({
          reason: 'refused',
          detail: 'not in the member list',
        })
      })
    })
  }

  it('ET1 ET2 names a certificate for another address, and an expired one', async () => {
    await using wrong = await showing(ours.wrongName)
    await using expired = await showing(ours.expired)
    expect(await kindAt(wrong.url, tlsOf(ours.caFile, ours.client))).toBe('tls_name tls false')
    expect(await kindAt(expired.url, tlsOf(ours.caFile, ours.client))).toBe('tls_expired tls false')
  })

  it('ET2 names https to a plain port', async () => {
    await using servers = await startEtcdCluster({ members: 1 })
    const url = (servers.endpoints[0] ?? '').replace('http:', 'https:')
    expect(await kindAt(url, tlsOf(ours.caFile, ours.client))).toBe('tls_protocol tls false')
  })

  it('scrapes by TLS what is judged like gRPC: a page behind a wrong name is no page', async () => {
    const tls = { caFile: ours.caFile, ...ours.server }
    await using servers = await startEtcdCluster({ members: 1, tls })
    const endpoints = servers.endpoints
    await using wrong = await showing(ours.wrongName)
    await using client = openClient({ endpoints, tls: tlsOf(ours.caFile), metricsEndpoint: [wrong.url] })
    const id = (await client.view(FRESH)).members[0]?.id ?? ''
    expect(await client.metricsPage(id)).toEqual({ reason: 'tls', detail: '' })
    await servers.members[0]?.kill()
    const error = await client.status(id).catch((thrown: unknown) => thrown)
    expect(failureIn(error)?.kind).toBe('refused')
  })
})
