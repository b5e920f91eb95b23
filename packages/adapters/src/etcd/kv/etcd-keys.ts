import { X509Certificate } from 'node:crypto'
import type { EtcdKeys } from '@etcdmonitor/core/ports/etcd-keys'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { CurrentTls } from '../connection/tls-material.ts'
import { createChangeKeys } from './change-keys.ts'
import { createGrants } from './grants.ts'
import type { KvCalls, KvCallsOptions } from './kv-calls.ts'
import { createLeases } from './leases.ts'
import { createRangeKeys } from './range-keys.ts'

interface EtcdKeysOptions extends Pick<KvCallsOptions, 'clock' | 'discovery'> {
  readonly calls: KvCalls
  readonly username: string
  readonly currentTls: CurrentTls
  readonly log: Log
}

/** The keys of one cluster, by gRPC. */
export function createEtcdKeys({
  calls,
  clock,
  discovery,
  username,
  currentTls,
  log,
}: EtcdKeysOptions): EtcdKeys {
  const user = () => username || commonName(currentTls()?.cert)
  const { grants, forget } = createGrants({ calls, clock, user })
  return {
    ...createRangeKeys({ calls, clusterId: () => discovery.record().clusterId, onRefused: forget }),
    ...createChangeKeys(calls, log),
    ...createLeases(calls),
    grants,
  }
}

/** etcd takes it for the user when no login is sent. */
const commonName = (cert: Buffer | undefined): string =>
  cert ? (/^CN=(.+)$/m.exec(new X509Certificate(cert).subject)?.[1] ?? '') : ''
