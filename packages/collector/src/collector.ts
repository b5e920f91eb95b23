import { runTogether } from '@etcdmonitor/core/run-together'
import type { CollectorDeps } from './deps.ts'
import { createDiscovery, discoverForEver } from './discover/discovery.ts'
import { recallCluster } from './discover/member-memory.ts'
import { keepHouseForEver } from './housekeeping/keep-house.ts'
import { type Loop, runEvery } from './loop.ts'
import { createTick } from './scrape/tick.ts'
import { createDropTally } from './self/drop-tally.ts'

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
