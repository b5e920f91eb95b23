import { AppError } from '@etcdmonitor/core/errors'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { Clock } from '@etcdmonitor/core/time'

/** A store that is away fails every request: its cause is told once in so many ms per code. */
const REPEAT_AFTER = 60_000

export type FailureLog = (failure: {
  readonly error: unknown
  readonly status: number
  readonly requestId: string
}) => void

/** Logs why requests could not be answered: bugs each time, a dependency's failure with its cause at most once a minute. */
export function createFailureLog({
  log,
  clock,
}: {
  readonly log: Log
  readonly clock: Pick<Clock, 'monotonic'>
}): FailureLog {
  const toldAt = new Map<string, number>() // by code, of which there are few
  return ({ error, status, requestId }) => {
    if (status === 500) return log.error('request_failed', { request_id: requestId, error })
    if (status < 500 || !(error instanceof AppError) || error.cause === undefined) return
    const now = clock.monotonic()
    if (now - (toldAt.get(error.code) ?? Number.NEGATIVE_INFINITY) < REPEAT_AFTER) return
    toldAt.set(error.code, now)
    log.warn('dependency_failed', { request_id: requestId, code: error.code, error })
  }
}
