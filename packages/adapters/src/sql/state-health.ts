import { AppError } from '@etcdmonitor/core/errors'
import type { Clock } from '@etcdmonitor/core/time'

const SLOW = 1_000

export interface HealthWatch {
  /** Runs a call and remembers how it went; the driver's errors become the port's. */
  read<T>(call: () => Promise<T>): Promise<T>
  write<T>(call: () => Promise<T>): Promise<T>
  /** Judges after one more call. */
  ask(call: () => Promise<unknown>): Promise<'ok' | 'degraded' | 'unavailable'>
}

/** How the store did lately (storage.md 7.6). `translate` makes of an engine's error what the port promises. */
export function watchHealth(
  clock: Pick<Clock, 'monotonic'>,
  translate: (error: unknown) => unknown,
): HealthWatch {
  let failuresInRow = 0
  let hasWriteFailed = false
  let wasSlow = false

  async function watch<T>(call: () => Promise<T>, isWrite: boolean): Promise<T> {
    const begun = clock.monotonic()
    try {
      const result = await call()
      failuresInRow = 0
      if (isWrite) hasWriteFailed = false
      return result
    } catch (error) {
      const translated = translate(error)
      if (translated instanceof AppError) {
        failuresInRow += 1
        if (isWrite) hasWriteFailed = true
      }
      throw translated
    } finally {
      wasSlow = clock.monotonic() - begun > SLOW
    }
  }

  const read = <T>(call: () => Promise<T>) => watch(call, false)
  return {
    read,
    write: (call) => watch(call, true),
    async ask(call) {
      try {
        await read(call)
      } catch {
        return failuresInRow >= 2 ? 'unavailable' : 'degraded' // a bug counts as a failure: health never throws
      }
      return wasSlow || hasWriteFailed ? 'degraded' : 'ok'
    },
  }
}
