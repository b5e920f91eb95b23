import { startBalancer } from '@etcdmonitor/adapters/etcd/tcp-balancer.contract'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { type FaultProxy, startFaultProxy } from '@etcdmonitor/rig/fault-proxy'
import { freePorts } from '@etcdmonitor/rig/free-ports'
import { afterEach, describe, expect, it } from 'vitest'
import { bearer } from '../../../api-rig.contract.ts'
import { openEtcd, openOpsApi, putTimes } from '../../../ops-rig.contract.ts'

const MEGABYTE = 1_000_000
const ROUNDS = 4

describe.each(etcdVersions())('/api/ops/snapshot through a balancer on etcd $version', (server) => {
  const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts
  let held = new AsyncDisposableStack()
  afterEach(async () => {
    await held.disposeAsync()
    held = new AsyncDisposableStack()
  })

  /** Three members, each behind a proxy that counts, all of them behind one balancer, which is the only endpoint. */
  async function open(areMembersBehind: boolean, memberAllowCidrs: readonly string[] = []) {
    if (isMissing) throw new Error('no etcd')
    const ports = await freePorts(6)
    const proxies: FaultProxy[] = []
    for (const port of ports.filter((_, index) => index % 2 === 0))
      proxies.push(held.use(await startFaultProxy(`http://127.0.0.1:${port}`)))
    const balancer = held.use(await startBalancer(proxies.map(({ url }) => url)))
    const flags = areMembersBehind ? [`--advertise-client-urls=${balancer.url}`] : []
    const servers: Servers = held.use(
      await startEtcdCluster({ members: 3, binary: server.path, ports, flags }),
    )
    await using direct = openEtcd(servers.endpoints)
    await putTimes(direct, { times: 6, bytes: MEGABYTE })
    const etcd = openEtcd([balancer.url], { memberAllowCidrs })
    const api = await openOpsApi({ etcd })
    return { etcd, api, balancer, proxies, members: (await direct.view({ maxAge: 0, wait: 3_000 })).members }
  }

  it.skipIf(isMissing).each([
    ['that is what every member says to be', true, []],
    ['that alone may be dialled', false, ['10.0.0.0/8']],
  ] as const)(
    'OP16 gives the member that was asked for, or none, by an address %s',
    async (_, areBehind, allowed) => {
      const { api, balancer, proxies, members, etcd } = await open(areBehind, allowed)
      const answers: number[] = []
      for (let round = 0; round < ROUNDS; round += 1)
        for (const { id, name } of members) {
          balancer.reconnect() // from now on it leads elsewhere
          await etcd.view({ maxAge: 0, wait: 3_000 })
          const before = proxies.map((proxy) => proxy.counts().down)
          const answer = await api.app.fetch(
            new Request(`http://console.test/api/ops/snapshot?member_id=${id}`, {
              headers: bearer(api.token),
            }),
            { peer: '192.0.2.1' },
          )
          const bytes = (await answer.arrayBuffer()).byteLength
          const senders = proxies.flatMap((proxy, at) =>
            proxy.counts().down - (before[at] ?? 0) > MEGABYTE ? [at] : [],
          )
          answers.push(answer.status)
          if (answer.status === 200) {
            expect(bytes).toBeGreaterThan(MEGABYTE)
            expect(senders.map((at) => `etcd-${at}`)).toEqual([name])
            expect(answer.headers.get('x-etcd-member-id')).toBe(id)
          } else {
            expect(answer.status).toBe(503)
            expect(senders).toEqual([])
          }
        }
      expect(answers).toContain(503)
    },
  )
})
