import type { Log } from '@etcdmonitor/core/ports/log'
import type { Clock } from '@etcdmonitor/core/time'
import type { BlobTable } from './columns/metrics-blob.ts'

const LOG_INTERVAL = 60_000
/** For so long, ms, the store is called degraded for what was found: rows are read again, repaired or removed. */
const REMEMBERED = 86_400_000

export interface DamageWatch {
  /** Counts a row whose checksum is wrong, and logs it at most once a minute. */
  found(table: BlobTable | 'member' | 'series'): void
  /** Something was found in the last 24 h. */
  readonly any: boolean
  /** Another file took the place of the one in which it was found. */
  forget(): void
}

export function watchDamage(clock: Pick<Clock, 'monotonic'>, log: Log): DamageWatch {
  let count = 0
  let loggedAt = Number.NEGATIVE_INFINITY
  let foundAt = Number.NEGATIVE_INFINITY
  return {
    found(table) {
      count++
      foundAt = clock.monotonic()
      if (clock.monotonic() - loggedAt < LOG_INTERVAL) return
      loggedAt = clock.monotonic()
      log.warn('store_bad_blob', { table, count })
    },
    get any() {
      return clock.monotonic() - foundAt < REMEMBERED
    },
    forget() {
      count = 0
      foundAt = Number.NEGATIVE_INFINITY
    },
  }
}
