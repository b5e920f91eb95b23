import type { Log } from '@etcdmonitor/core/ports/log'
import type { Clock } from '@etcdmonitor/core/time'
import type { BlobTable } from './columns/metrics-blob.ts'

const LOG_INTERVAL = 60_000

export interface DamageWatch {
  /** Counts a row whose checksum is wrong, and logs it at most once a minute. */
  found(table: BlobTable | 'member' | 'series'): void
  readonly any: boolean
  /** Another file took the place of the one in which it was found. */
  forget(): void
}

export function watchDamage(clock: Pick<Clock, 'monotonic'>, log: Log): DamageWatch {
  let count = 0
  let loggedAt = Number.NEGATIVE_INFINITY
  return {
    found(table) {
      count++
      if (clock.monotonic() - loggedAt < LOG_INTERVAL) return
      loggedAt = clock.monotonic()
      log.warn('store_bad_blob', { table, count })
    },
    get any() {
      return count > 0
    },
    forget() {
      count = 0
    },
  }
}
