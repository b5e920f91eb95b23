import type { EtcdMaintenance, EtcdTopology } from '@etcdmonitor/core/ports/etcd-cluster'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { MetricsWriter } from '@etcdmonitor/core/ports/metrics-store'
import type { Clock } from '@etcdmonitor/core/time'
import { createDiscovery, discoverForEver } from './discover/discovery.ts'
import { recallCluster } from './discover/member-memory.ts'
import { keepHouseForEver } from './housekeeping/keep-house.ts'
import { type Loop, runEvery } from './loop.ts'
import { createTick } from './scrape/tick.ts'
import { createDropTally } from './self/drop-tally.ts'

export interface CollectorSettings {
  /** At least 50. */
  readonly intervalMs: number
  /** 0: a third of the interval, at most 10 s. */
  readonly timeoutMs: number
  readonly discoveryIntervalMs: number
  /** Whether `etcd.metrics_endpoint` is set: some failures mean something else then. */
  readonly hasMetricsEndpoint?: boolean
}

export interface CollectorDeps {
  readonly cluster: EtcdTopology & EtcdMaintenance
  /** Called by one at a time, but for its housekeeping. */
  readonly writer: MetricsWriter
  readonly clock: Clock
  readonly log: Log
  readonly settings: CollectorSettings
}

export interface Collector {
  /**
   * Discovers, scrapes and keeps the store in order until `signal` aborts; then resolves once what was handed to the store is there. Requests that run are ended
   * and their tick is not stored. Never rejects because etcd or the store is away.
   */
  run(signal: AbortSignal): Promise<void>
}

/** The loops of the collector over one cluster and one store; closes neither. */
export function createCollector(deps: CollectorDeps): Collector {
  const { cluster, writer, clock, log, settings } = deps
  const onError = (error: unknown) => log.error('tick_failed', { error })

  return {
    async run(signal) {
      const remembered = await recallCluster({ writer, log })
      const discovery = createDiscovery({ cluster, log, settings, remembered })
      const skipped = createDropTally('ticks_skipped', { log, clock })
      const onStandstill = () => skipped.add({ count: 1 })
      const tick = createTick(deps, { discovery, remembered, onError, onStandstill })
      const loop: Loop = {
        interval: settings.intervalMs,
        clock,
        onError,
        onSkipped: (count) => skipped.add({ count }),
        tick: (at, stop) => {
          skipped.tell()
          return tick(at, stop)
        },
      }
      await Promise.all([
        discoverForEver({ discovery, clock, onError }, signal),
        runEvery(loop, signal),
        keepHouseForEver({ ...deps, onError }, signal),
      ])
    },
  }
}
