import { etcdKeysContract } from '@etcdmonitor/core/contracts/etcd-keys'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { openClient } from '../open-client.contract.ts'
import { compactAt } from './kv-rig.contract.ts'

for (const found of etcdVersions()) {
  if ('missing' in found) continue // the contract of the cluster says so
  etcdKeysContract(`etcd ${found.version}`, async () => {
    const servers = await startEtcdCluster({ members: 3, binary: found.path })
    const keys = openClient({ endpoints: servers.endpoints })
    return {
      keys,
      compact: (revision) => compactAt(servers.endpoints[0] ?? '', revision),
      async [Symbol.asyncDispose]() {
        await keys[Symbol.asyncDispose]()
        await servers.dispose()
      },
    }
  })
}
