import { etcdMaintenanceContract } from '@etcdmonitor/core/contracts/etcd-maintenance'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { callGateway } from '../kv/kv-rig.contract.ts'
import { hangMember, openClient } from '../open-client.contract.ts'

for (const found of etcdVersions()) {
  if ('missing' in found) continue // the contract of the cluster says so
  etcdMaintenanceContract(`etcd ${found.version}`, async () => {
    const servers = await startEtcdCluster({ members: 3, binary: found.path })
    const cluster = openClient({ endpoints: servers.endpoints })
    const at = (index: number) => {
      const member = servers.members[index]
      if (!member) throw new Error(`no member ${index}`)
      return member
    }
    const hanging = new Set<number>()
    return {
      cluster,
      async raise({ memberId, type }) {
        const body = { action: 'ACTIVATE', memberID: memberId, alarm: type }
        await callGateway(servers.endpoints[0] ?? '', 'maintenance/alarm', body)
      },
      stop: (index) => at(index).kill(),
      async hang(index) {
        hanging.add(index)
        await hangMember(at(index))
      },
      async start(index) {
        if (hanging.delete(index)) at(index).resume()
        else await at(index).restart()
        await at(index).untilHealthy()
      },
      async [Symbol.asyncDispose]() {
        await cluster[Symbol.asyncDispose]()
        await servers.dispose()
      },
    }
  })
}
