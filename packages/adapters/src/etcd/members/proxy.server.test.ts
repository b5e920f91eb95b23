import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { afterKey } from '@etcdmonitor/core/keys/key-range'
import { startChild } from '@etcdmonitor/rig/child'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { freePorts } from '@etcdmonitor/rig/free-ports'
import { describe, expect, it } from 'vitest'
import { FRESH, openClient } from '../open-client.contract.ts'

const range = { from: toUtf8('a'), to: afterKey(toUtf8('a')), limit: 1, values: false, serializable: false }

for (const found of etcdVersions()) {
  if ('missing' in found) continue
  describe(`behind etcd's own proxy, etcd ${found.version}`, () => {
    it('ET33 keys work, and no operation reaches a member that was not meant', async () => {
      await using servers = await startEtcdCluster({ members: 3, binary: found.path })
      const [port = 0] = await freePorts(1)
      const url = `http://127.0.0.1:${port}`
      const args = [
        'grpc-proxy',
        'start',
        `--endpoints=${servers.endpoints.join(',')}`,
        `--listen-addr=127.0.0.1:${port}`,
      ]
      const proxy = await startChild({ command: found.path, args, env: {} })
      try {
        await using direct = openClient({ endpoints: servers.endpoints })
        const { members } = await direct.view(FRESH)
        const marks = () => Promise.all(members.map(({ id }) => direct.defragMark(id)))
        const before = await marks()
        await using client = openClient({ endpoints: [url], interval: 0, memberAllowCidrs: ['10.0.0.0/8'] })
        await expect.poll(async () => (await client.view(FRESH)).clusterId).toBeDefined()
        const key = toUtf8('a')
        await client.put({ key, value: key, lease: 'none' })
        expect((await client.range(range)).count).toBe(1)
        const view = await client.view(FRESH)
        expect(view.endpoints).toMatchObject([{ url, role: 'proxy' }])
        expect(view.members[0]).toMatchObject({ endpoint: '', status: { clusterId: view.clusterId } })
        // beside a member's own endpoint its list may never be asked for: then two looks tell
        const both = { endpoints: [url, servers.endpoints[0] ?? ''], memberAllowCidrs: ['10.0.0.0/8'] }
        await using beside = openClient({ ...both, interval: 0 })
        // the proxy may be the first to answer, and has no list
        await expect.poll(async () => (await beside.view(FRESH)).members.length).toBe(3)
        const own = members.find(({ configuredIndex }) => configuredIndex === 0)?.id
        for (let round = 0; round < 5; round += 1)
          for (const { id } of members) {
            await expect(client.defragment(id)).rejects.toMatchObject({
              code: expect.stringMatching(/^member_(unreachable|not_found)$/),
            })
            if (id !== own)
              await expect(beside.defragment(id)).rejects.toMatchObject({ code: 'member_unreachable' })
          }
        expect(await marks()).toEqual(before)
      } finally {
        await proxy.kill()
      }
    })
  })
}
