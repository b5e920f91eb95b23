import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MemberView } from '@etcdmonitor/core/etcd/cluster-view'
import type { EtcdCluster } from '@etcdmonitor/core/ports/etcd-cluster'
import { makeCertificates } from '@etcdmonitor/rig/certificates'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { type EtcdTls, startMember } from '@etcdmonitor/rig/etcd-member'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { freePorts } from '@etcdmonitor/rig/free-ports'
import { needServer } from '@etcdmonitor/rig/need-server'
import { describe, expect, it } from 'vitest'
import { FRESH, openClient } from '../open-client.contract.ts'

needServer('etcd', () => {
  it('takes the whole page of each member, compressed, through its own endpoint', async () => {
    await using servers = await startEtcdCluster({ members: 3 })
    await using client = openClient({ endpoints: servers.endpoints })
    const { members } = await client.view(FRESH)
    for (const { id } of members) {
      const page = await client.metricsPage(id)
      const text = page instanceof Uint8Array ? new TextDecoder('utf-8', { fatal: true }).decode(page) : ''
      expect(text).toContain(`etcd_server_id{server_id="${BigInt(id).toString(16)}"} 1\n`)
      expect(text).toMatch(/^etcd_server_has_leader 1$/m)
      expect(text.endsWith('\n')).toBe(true)
    }
  })

  describe('M2 with metrics on a port of their own', async () => {
    const [port = 0] = await freePorts(1)
    const flags = [`--listen-metrics-urls=http://127.0.0.1:${port}`]

    it.each([
      ['a list', [`http://127.0.0.1:${port}`]],
      ['a template', `http://{host}:${port}`],
    ])('finds the page by %s', async (_, metricsEndpoint) => {
      await using servers = await startEtcdCluster({ members: 1, flags })
      await using client = openClient({ endpoints: servers.endpoints, metricsEndpoint })
      const id = (await client.view(FRESH)).members[0]?.id ?? ''
      expect(await client.metricsPage(id)).toBeInstanceOf(Uint8Array)
    })
  })

  const newer = etcdVersions('quick').find((found) => found.version !== '3.4' && 'path' in found)
  const binary = newer && 'path' in newer ? newer.path : undefined

  describe.skipIf(binary === undefined)('M3 with a client port that speaks gRPC alone', () => {
    it('says so, while Status answers; the page is had from the port that is named', async () => {
      await using server = await startGrpcOnly(binary ?? '')
      await using client = openClient({ endpoints: [server.url] })
      const { id = '', failure } = await untilListed(client)
      expect(failure).toBeUndefined()
      expect(await client.metricsPage(id)).toEqual({ reason: 'grpc_only', detail: '' })
      await using informed = openClient({ endpoints: [server.url], metricsEndpoint: [server.httpUrl] })
      await informed.view(FRESH)
      expect(await informed.metricsPage(id)).toBeInstanceOf(Uint8Array)
    })

    it('says so by TLS too', async () => {
      await using certificates = await makeCertificates()
      const { caFile, server: pair } = certificates
      await using server = await startGrpcOnly(binary ?? '', { caFile, ...pair })
      const tls = { ca: readFileSync(caFile), serverName: '', insecureSkipVerify: false }
      await using client = openClient({ endpoints: [server.url], tls })
      const { id = '', failure } = await untilListed(client)
      expect(failure).toBeUndefined()
      expect(await client.metricsPage(id)).toEqual({ reason: 'grpc_only', detail: '' })
    })
  })
})

/** One member whose health no HTTP of its client port tells: the caller asks its Status. */
async function startGrpcOnly(binary: string, tls?: EtcdTls) {
  const [port = 0, httpPort = 0, peerPort = 0] = await freePorts(3)
  const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-grpc-only-'))
  const at = (some: number) => `${tls ? 'https' : 'http'}://127.0.0.1:${some}`
  const peerUrl = `http://127.0.0.1:${peerPort}`
  const [url, httpUrl] = [at(port), at(httpPort)]
  const flags = [`--listen-client-http-urls=${httpUrl}`]
  const names = { name: 'alone', peers: `alone=${peerUrl}`, token: 'grpc-only' }
  const plan = { binary, url, peerUrl, dataFolder: join(folder, 'data'), flags, tls, ...names }
  const member = await startMember(plan, undefined)
  return {
    url,
    httpUrl,
    async [Symbol.asyncDispose]() {
      await member.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function untilListed(client: EtcdCluster): Promise<Partial<MemberView>> {
  await expect.poll(async () => (await client.view(FRESH)).listedAt).toBeDefined()
  return (await client.view(FRESH)).members[0] ?? {}
}
