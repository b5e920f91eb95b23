import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { failureIn } from '@etcdmonitor/core/etcd/fail-call'
import type { EtcdCluster } from '@etcdmonitor/core/ports/etcd-cluster'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { startFaultProxy } from '@etcdmonitor/rig/fault-proxy'
import { needServer } from '@etcdmonitor/rig/need-server'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  FRESH,
  hangMember,
  KNOWN,
  type LoggedLine,
  openClient,
  recordingLog,
} from '../open-client.contract.ts'
import { startBalancer } from '../tcp-balancer.contract.ts'

needServer('etcd', () => {
  describe('with three members', () => {
    let servers: Servers
    beforeAll(async () => {
      servers = await startEtcdCluster({ members: 3 })
    })
    afterAll(() => servers.dispose())

    it('ET12 works at once with a member that hung', async () => {
      await using client = openClient({ endpoints: servers.endpoints })
      const { members } = await client.view(FRESH)
      const { id = '', endpoint } = members[0] ?? {}
      const hung = servers.members.find(({ url }) => url === endpoint)
      await hangMember(hung)
      try {
        const error = await client.status(id, { deadline: 200 }).catch((thrown: unknown) => thrown)
        expect(failureIn(error)).toMatchObject({ kind: 'deadline', sent: true })
        const stranger = openClient({ endpoints: [endpoint ?? ''] })
        const { endpoints } = await stranger.view(FRESH)
        expect(endpoints[0]?.failure).toMatchObject({ kind: 'timeout', stage: 'tls', sent: false })
        await stranger[Symbol.asyncDispose]()
      } finally {
        hung?.resume()
      }
      expect((await client.status(id)).memberId).toBe(id)
    })

    it('ET17 takes no proxy from the environment', async () => {
      const names = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'grpc_proxy']
      for (const name of names) process.env[name] = 'http://127.0.0.1:1'
      try {
        await using client = openClient({ endpoints: servers.endpoints })
        const { members } = await client.view(FRESH)
        expect(members.map(({ failure }) => failure)).toEqual([undefined, undefined, undefined])
        expect(await client.metricsPage(members[0]?.id ?? '')).toBeInstanceOf(Uint8Array)
      } finally {
        for (const name of names) delete process.env[name]
      }
    })

    it('D1 finds the other members by what they advertise when one endpoint is configured', async () => {
      await using client = openClient({ endpoints: servers.endpoints.slice(0, 1) })
      const { members } = await client.view(FRESH)
      expect(members.map(({ endpoint }) => endpoint).toSorted()).toEqual(servers.endpoints.toSorted())
      expect(members.map(({ configuredIndex }) => configuredIndex).toSorted()).toEqual([-1, -1, 0])
      for (const { id, failure } of members) {
        expect(failure).toBeUndefined()
        expect(await client.metricsPage(id)).toBeInstanceOf(Uint8Array)
        expect(await client.leaseCount(id)).toBe(0)
      }
    })

    it('ET18 dials nothing outside the allowed networks', async () => {
      const allowed = { endpoints: servers.endpoints.slice(0, 1), memberAllowCidrs: ['10.0.0.0/8'] }
      await using client = openClient(allowed)
      const { members } = await client.view(FRESH)
      const others = members.filter(({ configuredIndex }) => configuredIndex < 0)
      expect(others).toHaveLength(2)
      for (const { id, failure, endpoint } of others) {
        expect(endpoint).toBe('')
        expect(failure).toMatchObject({ kind: 'blocked_url', stage: 'dns', sent: false })
        expect(failure?.message).toBe('not_allowed')
        expect(failure?.advice).toMatch(
          /^advertises http:\/\/127\.0\.0\.1:\d+, which cannot be reached from here: add an endpoint/,
        )
        expect(await client.metricsPage(id)).toEqual({ reason: 'blocked_url', detail: 'not_allowed' })
        await expect(client.status(id)).rejects.toMatchObject({ code: 'member_unreachable' })
        await expect(client.leaseCount(id)).rejects.toMatchObject({ code: 'member_unreachable' })
      }
    })

    it('ET19 takes an endpoint that answers for two members for a balancer, and asks neither there', async () => {
      await using balancer = await startBalancer(servers.endpoints.slice(0, 2))
      const endpoints = [balancer.url]
      await using client = openClient({ endpoints, memberAllowCidrs: ['10.0.0.0/8'] })
      const first = await client.view(FRESH)
      expect(first.endpoints[0]?.role).toBe('member')
      const roleAfterReconnect = async (one: EtcdCluster) => {
        balancer.reconnect()
        return (await one.view(FRESH)).endpoints[0]?.role
      }
      await expect.poll(() => roleAfterReconnect(client)).toBe('balancer')
      const second = await client.view(FRESH)
      expect(second.members.map(({ endpoint }) => endpoint)).toEqual(['', '', ''])
      expect(second.stale).toBe(false)
      await expect(client.leaseCount(second.members[0]?.id ?? '')).rejects.toMatchObject({
        code: 'member_unreachable',
      })
      await using direct = openClient({ endpoints })
      await expect.poll(() => roleAfterReconnect(direct)).toBe('balancer')
      const found = await direct.view(FRESH)
      expect(found.members.map(({ endpoint }) => endpoint).toSorted()).toEqual(servers.endpoints.toSorted())
    })

    it('D6 asks what cannot be reached once per interval, however often a view is asked for, and logs each change once', async () => {
      await using proxy = await startFaultProxy(servers.endpoints[0] ?? '')
      const lines: LoggedLine[] = []
      const endpoints = [proxy.url, ...servers.endpoints.slice(1)]
      await using client = openClient({ endpoints, interval: 3_600_000, log: recordingLog(lines) })
      const { members } = await client.view(FRESH)
      const id = members.find(({ endpoint }) => endpoint === proxy.url)?.id ?? ''
      await proxy.set({ mode: 'blackhole' })
      await using stranger = openClient({ endpoints: [proxy.url], interval: 3_600_000 })
      const before = proxy.counts().connections
      for (let round = 0; round < 10; round++) await stranger.view({ ...FRESH, wait: 3_000 })
      expect(proxy.counts().connections - before).toBe(1)
      const { endpoints: seen } = await stranger.view(KNOWN)
      expect(seen[0]?.failure).toMatchObject({ kind: 'timeout', stage: 'tls' })
      await proxy.set({ mode: 'pass' })
      expect((await client.status(id)).memberId).toBe(id)
      expect(lines.filter(({ event }) => event === 'etcd_endpoint_failed')).toEqual([])
    })

    it('D6 asks in an interval again for who wants it, and once somebody had an answer from there', async () => {
      await using proxy = await startFaultProxy(servers.endpoints[0] ?? '')
      const failure = async (client: EtcdCluster, how: { rest?: number } = {}) =>
        (await client.view({ ...FRESH, ...how })).endpoints[0]?.failure
      const openRefused = async () => {
        await proxy.set({ mode: 'refuse' })
        const client = openClient({ endpoints: [proxy.url], interval: 3_600_000 })
        expect(await failure(client)).toMatchObject({ kind: 'refused' })
        await proxy.set({ mode: 'pass' })
        expect(await failure(client)).toMatchObject({ kind: 'refused' })
        return client
      }
      await using asked = await openRefused()
      expect(await failure(asked, { rest: 3_600_000 })).toMatchObject({ kind: 'refused' })
      expect(await failure(asked, { rest: 0 })).toBeUndefined()

      await using called = await openRefused()
      await called.headRevision()
      expect(await failure(called)).toBeUndefined()
    })

    it('logs one line when an endpoint fails, and one when it answers again', async () => {
      await using proxy = await startFaultProxy(servers.endpoints[0] ?? '')
      await proxy.set({ mode: 'refuse' })
      const lines: LoggedLine[] = []
      await using client = openClient({ endpoints: [proxy.url], interval: 0, log: recordingLog(lines) })
      for (let round = 0; round < 3; round++) await client.view(FRESH)
      await proxy.set({ mode: 'pass' })
      for (let round = 0; round < 3; round++) await client.view(FRESH)
      const ofProxy = lines.filter(({ fields }) => fields.endpoint === proxy.url)
      expect(ofProxy).toMatchObject([
        { event: 'etcd_endpoint_failed', fields: { stage: 'tcp', kind: 'refused' } },
        { event: 'etcd_endpoint_answers' },
      ])
    })

    it('ET31 leaves no socket and no timer when clients are disposed of', async () => {
      const count = (name: string) => process.getActiveResourcesInfo().filter((one) => one === name).length
      const open = async () => {
        await using client = openClient({ endpoints: servers.endpoints })
        const { members } = await client.view(FRESH)
        await Promise.all(members.map(({ id }) => client.metricsPage(id)))
      }
      await open()
      await expect.poll(() => count('TCPSocketWrap')).toBe(0)
      const timers = count('Timeout')
      await Promise.all(Array.from({ length: 10 }, open))
      await expect.poll(() => count('TCPSocketWrap')).toBe(0)
      expect(count('Timeout')).toBeLessThanOrEqual(timers)
    })
  })

  describe('with members of their own', () => {
    let servers: Servers | undefined
    afterEach(async () => {
      await servers?.dispose()
      servers = undefined
    })

    it('ET34 knows no leader when two of three members are gone: endpoint at the stage quorum, status answered', async () => {
      servers = await startEtcdCluster({ members: 3 })
      await using client = openClient({ endpoints: servers.endpoints })
      const { members } = await client.view(FRESH)
      await Promise.all([servers.members[0]?.kill(), servers.members[1]?.kill()])
      const left = members.find(({ configuredIndex }) => configuredIndex === 2)?.id ?? ''
      await expect.poll(async () => (await client.status(left)).leaderId).toBeUndefined()
      const view = await client.view(FRESH)
      expect(view.leaderId).toBeUndefined()
      expect(view.members).toHaveLength(3)
      expect(view.endpoints.map(({ failure }) => `${failure?.kind} ${failure?.stage}`)).toEqual([
        'refused tcp',
        'refused tcp',
        'no_leader quorum',
      ])
      expect(view.members.find(({ id }) => id === left)?.failure).toBeUndefined()
      expect(view.stale).toBe(false)
    })

    it('ET20 refuses another cluster behind a known endpoint', async () => {
      servers = await startEtcdCluster({ members: 1 })
      await using other = await startEtcdCluster({ members: 1, token: 'another' })
      await using proxy = await startFaultProxy(servers.endpoints[0] ?? '')
      await using foreign = await startFaultProxy(other.endpoints[0] ?? '')
      await using client = openClient({ endpoints: [proxy.url, foreign.url], interval: 0 })
      // the first good answer decides, so the other one comes later
      await foreign.set({ mode: 'refuse' })
      const before = await client.view(FRESH)
      await foreign.set({ mode: 'pass' })
      await expect
        .poll(async () => (await client.view(FRESH)).endpoints[1]?.failure?.kind)
        .toBe('wrong_cluster')
      const view = await client.view(FRESH)
      expect(view.clusterId).toBe(before.clusterId)
      expect(view.members.map(({ id }) => id)).toEqual(before.members.map(({ id }) => id))
      expect(view.endpoints[1]).toMatchObject({ role: 'unknown', failure: { stage: 'ready' } })
      expect(view.stale).toBe(false)
    })

    it.each([
      ['http://169.254.169.254:80', 'address'],
      ['http://0.0.0.0:2379', 'address'],
      ['https://127.0.0.1:2379', 'scheme'],
    ])('ET18 D1 a member that advertises %s is reached by its endpoint alone', async (advertised, reason) => {
      const flags = [`--advertise-client-urls=${advertised}`]
      servers = await startEtcdCluster({ members: 3, flags })
      await using all = openClient({ endpoints: servers.endpoints })
      const { members } = await all.view(FRESH)
      expect(members.map(({ failure }) => failure)).toEqual([undefined, undefined, undefined])
      await using one = openClient({ endpoints: servers.endpoints.slice(0, 1) })
      const view = await one.view(FRESH)
      const others = view.members.filter(({ configuredIndex }) => configuredIndex < 0)
      expect(others.map(({ failure, endpoint }) => [failure?.kind, endpoint])).toEqual([
        ['blocked_url', ''],
        ['blocked_url', ''],
      ])
      expect(others[0]?.failure).toMatchObject({
        message: reason,
        advice: expect.stringMatching('^advertises '),
      })
      expect(await one.metricsPage(others[0]?.id ?? '')).toEqual({ reason: 'blocked_url', detail: reason })
    })

    it('ET18 leaves a canary alone that members advertise with user info, or by a name of a denied address', async () => {
      const canary = await listen(createServer((socket) => socket.destroy()))
      let visits = 0
      canary.server.on('connection', () => {
        visits += 1
      })
      const urls = `http://user:pass@127.0.0.1:${canary.port},http://localhost:${canary.port}`
      servers = await startEtcdCluster({ members: 3, flags: [`--advertise-client-urls=${urls}`] })
      const endpoints = servers.endpoints.slice(0, 1)
      await using client = openClient({ endpoints, memberAllowCidrs: ['10.0.0.0/8'] })
      const { members } = await client.view(FRESH)
      for (const { id } of members.filter(({ configuredIndex }) => configuredIndex < 0)) {
        const error = await client.status(id).catch((thrown: unknown) => thrown)
        expect(failureIn(error)).toMatchObject({ kind: 'blocked_url', sent: false })
        expect(await client.metricsPage(id)).toMatchObject({ reason: 'blocked_url' })
      }
      expect(visits).toBe(0)
      canary.server.close()
    })
  })
})

async function listen(server: Server): Promise<{ readonly server: Server; readonly port: number }> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}
