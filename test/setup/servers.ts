import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { findServer } from '@etcdmonitor/rig/servers'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Client URLs of a three-member cluster that test files share; empty where there is no etcd. */
    etcd: readonly string[]
  }
}

/** Starts what test files share. They leave it as they find it, and keep to keys of their own. */
export default async function shareServers(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (!findServer('etcd')) {
    project.provide('etcd', [])
    return undefined
  }
  const cluster = await startEtcdCluster({ members: 3 })
  project.provide('etcd', cluster.endpoints)
  return () => cluster.dispose()
}
