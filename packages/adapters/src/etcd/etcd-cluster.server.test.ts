import { etcdClusterContract } from '@etcdmonitor/core/contracts/etcd-cluster'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { it } from 'vitest'
import { hangMember, openClient } from './open-client.contract.ts'

const SUITE = process.env.TEST_SUITE === 'full' ? 'full' : 'quick'

for (const found of etcdVersions(SUITE)) {
  const { version } = found
  if ('missing' in found) it(`runs on etcd ${version}`, ({ skip }) => skip(found.missing))
  else
    etcdClusterContract(`etcd ${version}`, async () => {
      const servers = await startEtcdCluster({ members: 3, binary: found.path })
      const at = (index: number) => {
        const member = servers.members[index]
        if (!member) throw new Error(`no member ${index}`)
        return member
      }
      const hanging = new Set<number>()
      return {
        open: () => openClient({ endpoints: servers.endpoints }),
        stop: (index) => at(index).kill(),
        async start(index) {
          if (hanging.delete(index)) at(index).resume()
          else await at(index).restart()
          await at(index).untilHealthy()
        },
        async hang(index) {
          hanging.add(index)
          await hangMember(at(index))
        },
        [Symbol.asyncDispose]: () => servers.dispose(),
      }
    })
}
