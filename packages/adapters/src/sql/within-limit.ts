import type { Clock } from '@etcdmonitor/core/time'
import { unavailable } from './unavailable.ts'

/** Outcome of `call`, which goes on unheard when it takes longer. @throws AppError `auth_store_unavailable` after `limit` ms */
export async function withinLimit<T>(
  clock: Pick<Clock, 'sleep'>,
  limit: number,
  call: () => Promise<T>,
): Promise<T> {
  const settled = new AbortController()
  const called = call()
  const overrun = clock.sleep(limit, settled.signal).then(() => {
    if (settled.signal.aborted) return called // an error would be made for each call, with its stack
    throw unavailable(`the state store did not answer within ${limit} ms`)
  })
  try {
    return await Promise.race([called, overrun])
  } finally {
    settled.abort('settled') // without a reason an error is made for each call, with its stack
    overrun.catch(() => undefined) // ends with the signal; its error belongs to the race alone
  }
}
