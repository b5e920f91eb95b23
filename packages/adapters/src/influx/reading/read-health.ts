import { AppError } from '@etcdmonitor/core/errors'
import type { Log, LogFields } from '@etcdmonitor/core/ports/log'
import type { StoreHealth } from '@etcdmonitor/core/ports/metrics-store'
import type { Clock } from '@etcdmonitor/core/time'

/** Failures in a row after which the reader asks nothing for a while, ms: the pages of a store that is away must not wait for it each time. */
const MAX_FAILURES = 5
const PAUSE = 10_000
/** Single lost connections are no news. */
const UNREACHABLE_AFTER = 3

/** Why a request failed, as health tells it. */
export type FailureReason = Extract<
  StoreHealth['reason'],
  'auth' | 'bucket_missing' | 'unreachable' | 'failing'
>

/** What the requests of a reader have shown of the store; paused: fails at once. */
export interface ReadHealth {
  /** @throws AppError `storage_unavailable` during a pause */
  admit(): void
  succeeded(): void
  /** `told`: what was met with, for the log. */
  failed(reason: FailureReason, told: LogFields): void
  health(): StoreHealth
}

export function watchReads(clock: Pick<Clock, 'monotonic'>, log: Log): ReadHealth {
  let failures = 0
  let lost = 0
  let pausedUntil = Number.NEGATIVE_INFINITY
  let reason: FailureReason | '' = ''
  const change = (now: FailureReason | '', told: LogFields = {}) => {
    if (now === reason) return
    if (now === '') log.info('metrics_store_reads_again')
    else log.warn('metrics_store_read_failed', { reason: now, ...told })
    reason = now
  }
  return {
    admit() {
      if (clock.monotonic() < pausedUntil)
        throw new AppError('storage_unavailable', 'the metrics store has not answered of late')
    },
    succeeded() {
      failures = 0
      lost = 0
      change('')
    },
    failed(why, told) {
      failures += 1
      lost = why === 'unreachable' ? lost + 1 : 0
      if (why !== 'unreachable' || lost >= UNREACHABLE_AFTER) change(why, told)
      if (failures >= MAX_FAILURES) pausedUntil = clock.monotonic() + PAUSE
    },
    health: () => {
      if (reason === '') return { state: 'ok', reason }
      return { state: reason === 'failing' ? 'degraded' : 'unavailable', reason }
    },
  }
}
