import type { EtcdKeys } from '@etcdmonitor/core/ports/etcd-keys'
import type { Log } from '@etcdmonitor/core/ports/log'
import { createChangeKeys } from './change-keys.ts'
import { createGrants } from './grants.ts'
import type { KvCalls, KvCallsOptions } from './kv-calls.ts'
import { createLeases } from './leases.ts'
import { createRangeKeys } from './range-keys.ts'

interface EtcdKeysOptions extends Pick<KvCallsOptions, 'clock' | 'discovery'> {
  readonly calls: KvCalls
  /** Whom etcd sees in us; `""`: nobody. */
  readonly user: () => string
  readonly log: Log
}

/** The keys of one cluster, by gRPC. */
export function createEtcdKeys({ calls, clock, discovery, user, log }: EtcdKeysOptions): EtcdKeys {
  const { grants, forget } = createGrants({ calls, clock, user })
  return {
    ...createRangeKeys({ calls, clusterId: () => discovery.record().clusterId, onRefused: forget }),
    ...createChangeKeys(calls, log),
    ...createLeases(calls),
    grants,
  }
}
