import { readFileSync } from 'node:fs'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { afterKey } from '@etcdmonitor/core/keys/key-range'
import { type Certificates, type KeyPair, makeCertificates } from '@etcdmonitor/rig/certificates'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { startFaultProxy } from '@etcdmonitor/rig/fault-proxy'
import { needServer } from '@etcdmonitor/rig/need-server'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { FRESH, openClient } from '../open-client.contract.ts'

const range = { from: toUtf8('a'), to: afterKey(toUtf8('a')), limit: 1, values: false, serializable: true }

needServer('etcd', () => {
  let ours: Certificates
  let foreign: Certificates
  let servers: Servers
  beforeAll(async () => {
    ours = await makeCertificates()
    foreign = await makeCertificates()
    const tls = { caFile: ours.caFile, ...ours.server, clientCertAuth: true }
    servers = await startEtcdCluster({ members: 1, tls })
  })
  afterAll(async () => {
    await servers.dispose()
    await ours[Symbol.asyncDispose]()
    await foreign[Symbol.asyncDispose]()
  })

  const material = (pair: KeyPair, ca = ours.caFile) => ({
    ca: readFileSync(ca),
    cert: readFileSync(pair.certFile),
    key: readFileSync(pair.keyFile),
  })
  const open = (endpoints: readonly string[]) =>
    openClient({
      endpoints,
      tls: { ...material(ours.client), serverName: '127.0.0.1', insecureSkipVerify: false },
      interval: 0,
    })

  it('ET22 D4 takes new certificates up without a failed call, and closes the old connections', async () => {
    await using proxy = await startFaultProxy(servers.endpoints[0] ?? '')
    await using client = open([proxy.url])
    const id = (await client.view(FRESH)).members[0]?.id ?? ''
    const outcomes: Promise<string>[] = []
    const call = async () => {
      try {
        await Promise.all([client.range(range), client.status(id)])
        return 'good'
      } catch (error) {
        return String(error)
      }
    }
    const before = proxy.counts().connections
    for (let round = 0; round < 5; round += 1) {
      for (let at = 0; at < 20; at += 1) {
        outcomes.push(call())
        await new Promise((resolve) => setImmediate(resolve))
      }
      client.renewTls(material(round % 2 === 0 ? ours.server : ours.client))
      outcomes.push(call())
    }
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['good']))
    expect(proxy.counts().connections).toBeGreaterThan(before)
    await expect.poll(() => proxy.counts().open).toBe(1)
  })

  it('shows what it was given last, and nothing from before', async () => {
    await using client = open(servers.endpoints)
    const id = (await client.view(FRESH)).members[0]?.id ?? ''
    const metrics = async () => {
      const page = await client.metricsPage(id)
      return page instanceof Uint8Array ? 'page' : page.reason
    }
    expect(await metrics()).toBe('page')
    client.renewTls(material(foreign.client))
    await expect(client.status(id)).rejects.toMatchObject({
      details: { failure: { kind: 'tls_client_cert_required' } },
    })
    expect(await metrics()).toBe('tls')
    client.renewTls(material(ours.client, foreign.caFile))
    await expect(client.status(id)).rejects.toMatchObject({ details: { failure: { kind: 'tls_untrusted' } } })
    client.renewTls(material(ours.client))
    expect((await client.status(id)).memberId).toBe(id)
    expect(await metrics()).toBe('page')
  })

  it('lets a snapshot that runs come to its end', async () => {
    await using client = open(servers.endpoints)
    const id = (await client.view(FRESH)).members[0]?.id ?? ''
    const stream = await client.snapshot(id)
    client.renewTls(material(ours.server))
    await client.status(id)
    let bytes = 0
    for await (const chunk of stream) bytes += chunk.length
    expect(bytes).toBe(stream.totalBytes)
  })
})
