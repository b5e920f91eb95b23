import type { EtcdMaintenance } from '@etcdmonitor/core/ports/etcd-cluster'
import type { KvCalls } from '../kv/kv-calls.ts'
import { createMemberCalls, type MemberCallsOptions } from '../member-calls.ts'
import { createClusterOperations } from './cluster-operations.ts'
import { createDefragMark } from './defrag-mark.ts'
import { createMemberOperations } from './member-operations.ts'
import { createSnapshotCall } from './open-snapshot.ts'

interface EtcdMaintenanceOptions extends MemberCallsOptions {
  readonly calls: KvCalls
  readonly metricsPage: EtcdMaintenance['metricsPage']
}

/** All that operations and the collector ask of members. */
export function createEtcdMaintenance({
  calls,
  metricsPage,
  ...options
}: EtcdMaintenanceOptions): EtcdMaintenance {
  const { findUrl, ...memberCalls } = createMemberCalls(options)
  return {
    ...memberCalls,
    ...createClusterOperations(calls),
    ...createMemberOperations({ ...options, findUrl }),
    metricsPage,
    defragMark: createDefragMark(metricsPage),
    snapshot: createSnapshotCall({ ...options, findUrl }),
  }
}
