import { X509Certificate } from 'node:crypto'
import type { EtcdKeys } from '@etcdmonitor/core/ports/etcd-keys'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { TlsMaterial } from '../connection/tls-material.ts'
import { createChangeKeys } from './change-keys.ts'
import { createGrants } from './grants.ts'
import { createKvCalls, type KvCallsOptions } from './kv-calls.ts'
import { createLeases } from './leases.ts'
import { createRangeKeys } from './range-keys.ts'

interface EtcdKeysOptions extends KvCallsOptions {
  readonly username: string
  readonly cert: TlsMaterial['cert']
  readonly log: Log
}

/** The keys of one cluster, by gRPC. */
export function createEtcdKeys({ username, cert, log, ...options }: EtcdKeysOptions): EtcdKeys {
  const calls = createKvCalls(options)
  const user = username || (cert ? commonName(cert) : '')
  const { grants, forget } = createGrants({ calls, clock: options.clock, user })
  const { discovery } = options
  return {
    ...createRangeKeys({ calls, clusterId: () => discovery.record().clusterId, onRefused: forget }),
    ...createChangeKeys(calls, log),
    ...createLeases(calls),
    grants,
  }
}

/** etcd takes it for the user when no login is sent. */
const commonName = (cert: Buffer): string => /^CN=(.+)$/m.exec(new X509Certificate(cert).subject)?.[1] ?? ''
