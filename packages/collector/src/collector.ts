import { runTogether } from '@etcdmonitor/core/run-together'
import type { CollectorDeps } from './deps.ts'
import { createDiscovery, discoverForEver } from './discover/discovery.ts'
import { recallCluster } from './discover/member-memory.ts'
import { keepHouseForEver } from './housekeeping/keep-house.ts'
import { type Loop, runEvery } from './loop.ts'
import { createTick } from './scrape/tick.ts'
import { createCollectorMeters } from './self/collector-meters.ts'
import { createDropTally } from './self/drop-tally.ts'
import type { Family } from './self/meter.ts'

export interface Collector {
  /**
   * Discovers, scrapes and keeps the store in order until `signal` aborts; then resolves once what was handed to the store is there. Requests that run are ended
   * and their tick is not stored. Never rejects because etcd or the store is away.
   */
  run(signal: AbortSignal): Promise<void>
  /** What it counted of its own work since it was made. */
  meters(): readonly Family[]
  /** False once a tick could not be made durable, until one can. */
  isStoring(): boolean
}

/** The loops of the collector over one cluster and one store; closes neither. */
export function createCollector(deps: CollectorDeps): Collector {
  const { cluster, writer, clock, log, settings } = deps
  const onError = (error: unknown) => log.error('tick_failed', { error })
  const meters = createCollectorMeters(settings.durableIn)

  return {
    meters: meters.families,
    isStoring: meters.isStoring,
    async run(signal) {
      const remembered = await recallCluster({ writer, log })
      const discovery = createDiscovery({ cluster, log, settings, remembered, meters })
      const skipped = createDropTally('ticks_skipped', { log, clock })
      const onSkipped = (count: number) => {
        skipped.add({ count })
        meters.skipped.add(count)
      }
      const onStandstill = () => onSkipped(1)
      const tick = createTick(deps, { discovery, remembered, meters, onError, onStandstill })
      const loop: Loop = {
        interval: settings.intervalMs,
        clock,
        onError,
        onSkipped,
        tick: (at, stop) => {
          meters.ticks.add()
          meters.tickDelay.observe((clock.now() - at) / 1_000)
          skipped.tell()
          return tick(at, stop)
        },
      }
      await runTogether(
        [
          (end) => discoverForEver({ discovery, clock, onError }, end),
          (end) => runEvery(loop, end),
          (end) => keepHouseForEver({ ...deps, onError }, end),
        ],
        signal,
      )
    },
  }
}
