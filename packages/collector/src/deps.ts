import type { EtcdMaintenance, EtcdTopology } from '@etcdmonitor/core/ports/etcd-cluster'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { MetricsWriter } from '@etcdmonitor/core/ports/metrics-store'
import type { Clock } from '@etcdmonitor/core/time'

export type DurableIn = 'metrics' | 'outbox'

export interface CollectorSettings {
  /** At least 50. */
  readonly intervalMs: number
  /** 0: a third of the interval, at most 10 s. */
  readonly timeoutMs: number
  readonly discoveryIntervalMs: number
  /** Whether `etcd.metrics_endpoint` is set: some failures mean something else then. */
  readonly hasMetricsEndpoint?: boolean
  /** What a commit of a tick goes to; absent: the file of history. */
  readonly durableIn?: DurableIn
}

export interface CollectorDeps {
  readonly cluster: EtcdTopology & EtcdMaintenance
  /** Called by one at a time, but for its housekeeping. */
  readonly writer: MetricsWriter
  readonly clock: Clock
  readonly log: Log
  readonly settings: CollectorSettings
}
