import {
  type DataPosition,
  type DataReset,
  type DataRound,
  type DataWatch,
  watchData,
} from '@etcdmonitor/core/etcd/data-reset'
import type { Log } from '@etcdmonitor/core/ports/log'

/** Watches whether the data of one cluster stays the same. */
export interface DataGuard {
  /** Takes the answers of a tick, and tells when other data lies under the same ids. */
  take(round: DataRound): void
  /** The highest that was answered; undefined: nothing yet. */
  position(): DataPosition | undefined
  /** The newest that was seen, in this run or before. */
  reset(): DataReset | undefined
}

export interface DataGuardDeps {
  readonly log: Log
  readonly clusterId: string
  /** From the last run. */
  readonly known: DataPosition | undefined
  readonly reset: DataReset | undefined
}

export function createDataGuard({ log, clusterId, known, reset: before }: DataGuardDeps): DataGuard {
  let watch: DataWatch = { ...(known && { known }), ...(before && { reset: before }) }
  return {
    take(round) {
      const next = watchData(watch, round)
      const { reset } = next
      if (reset && reset !== watch.reset)
        log.warn('data_reset', {
          cluster_id: clusterId,
          since: new Date(reset.at).toISOString(),
          revision_before: reset.before,
          revision_after: reset.after,
        })
      watch = next
    },
    position: () => watch.known,
    reset: () => watch.reset,
  }
}
