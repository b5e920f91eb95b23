import type { ShownConfig } from '@etcdmonitor/core/config/shown-config'
import type { OperationLimits } from '@etcdmonitor/core/operations/operation-limits'
import type { EtcdMaintenance, EtcdTopology } from '@etcdmonitor/core/ports/etcd-cluster'
import type { EtcdKeys } from '@etcdmonitor/core/ports/etcd-keys'
import type { EtcdV2 } from '@etcdmonitor/core/ports/etcd-v2'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import type { PasswordHasher } from '@etcdmonitor/core/ports/password-hasher'
import type { LockPolicy, StateStore } from '@etcdmonitor/core/ports/state-store'
import type { Clock, RandomBytes } from '@etcdmonitor/core/time'
import type { Caller } from './audit/audit-subject.ts'
import type { AuditTrail } from './audit/audit-trail.ts'
import type { KeyRing } from './auth/key-ring.ts'
import type { Pages } from './http/frame.ts'
import type { Gzip, GzipStream } from './http/gzip.ts'
import type { Hmac } from './keys/hash-value.ts'
import type { RunEngine } from './ops/run/run-engine.ts'

/** `kv_manager` of the configuration. */
export interface KvSettings {
  readonly separator: string
  /** Of a whole request, ms. */
  readonly requestTimeout: number
  readonly maxValueBytes: number
  /** Of the whole tree in one answer. */
  readonly maxKeys: number
  readonly isReadOnly: boolean
}

export interface ApiSettings {
  /** Configured endpoints, in order. */
  readonly endpoints: readonly string[]
  /** Collector interval, ms. */
  readonly interval: number
  /** Single scrapes; rollups stay longer. */
  readonly retentionDays: number
  readonly isTlsUnverified: boolean
  /** Host names without port, lower case; `[]` = any. */
  readonly allowedHosts: readonly string[]
  /** We speak HTTPS ourselves. */
  readonly isTls: boolean
  /** CIDRs whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[]
  /** Seconds; 0 = never. */
  readonly sessionTimeoutSeconds: number
  /** Unicode code points. */
  readonly minPasswordLength: number
  readonly lockout: LockPolicy
  /** Attempts per client address; 0 = no limit. */
  readonly loginRatePerMinute: number
  readonly metricsDriver: 'sqlite' | 'influxdb'
  readonly stateDriver: 'sqlite' | 'postgres'
  readonly appVersion: string
  readonly nodeVersion: string
  /** `/api/debug` exists. */
  readonly isDebugOn: boolean
  /** What is below `/api/ops` may be asked for. */
  readonly isOpsOn: boolean
  /** Rows that retention leaves in the audit log. */
  readonly auditMaxRows: number
  readonly shownConfig: ShownConfig
  readonly kv: KvSettings
  /** Of the machine or container: no password is made of it. */
  readonly hostName: string
}

/** All that the API needs of the world. It owns none of it. */
export interface ApiDeps {
  readonly state: StateStore
  readonly audit: AuditTrail
  readonly metrics: MetricsReader
  readonly etcd: EtcdTopology & EtcdKeys & EtcdMaintenance
  readonly v2: EtcdV2
  readonly hasher: PasswordHasher
  readonly keys: KeyRing
  /** Carries out operations. */
  readonly runs: RunEngine
  readonly limits: OperationLimits
  readonly clock: Clock
  readonly random: RandomBytes
  readonly log: Log
  readonly settings: ApiSettings
  readonly gzip: Gzip
  readonly gzipStream: GzipStream
  readonly hmac: Hmac
  readonly pages: Pages
  /** Lower-cased; no new password is one of them. */
  readonly commonPasswords: ReadonlySet<string>
  /** The process was asked to stop: new requests are refused. */
  readonly isDraining: () => boolean
  /** Deletes the file with the first password; called when `admin` has changed it. Audits it, and logs its own failure. */
  readonly discardFirstPassword: (by: Caller) => Promise<void>
}
