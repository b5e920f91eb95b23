import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { type InfluxAccess, startInfluxdb } from '@etcdmonitor/rig/influxdb'
import { findServer } from '@etcdmonitor/rig/servers'
import type {} from '@etcdmonitor/rig/shared-influxdb'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Client URLs of a three-member cluster that test files share; empty where there is no etcd. */
    etcd: readonly string[]
  }
}

/** Starts what test files share. They leave it as they find it, and keep to keys and buckets of their own. */
export default async function shareServers(project: TestProject): Promise<() => Promise<void>> {
  const held = new AsyncDisposableStack()
  const cluster = findServer('etcd') && (await startEtcdCluster({ members: 3 }))
  if (cluster) held.defer(() => cluster.dispose())
  project.provide('etcd', cluster ? cluster.endpoints : [])
  const influxdb = findServer('influxd') && held.use(await startInfluxdb())
  project.provide('influxdb', influxdb ? accessOf(influxdb) : undefined)
  return () => held.disposeAsync()
}

/** What can be handed to another thread. */
const accessOf = ({ url, org, orgId, operatorToken }: InfluxAccess): InfluxAccess => ({
  url,
  org,
  orgId,
  operatorToken,
})
