import { AppError } from '@etcdmonitor/core/errors'
import type { Clock } from '@etcdmonitor/core/time'

const RETRY = 1_000

/** Writes what has happened, again every second until the store takes it: a run waits meanwhile and sends nothing. */
export type Persist = <T>(write: () => Promise<T>) => Promise<T>

/** `closing`: the store's last error is thrown then, and whoever takes the run over settles it. */
export const createPersist =
  (clock: Pick<Clock, 'sleep'>, closing: AbortSignal): Persist =>
  async (write) => {
    for (;;) {
      try {
        return await write()
      } catch (error) {
        if (!(error instanceof AppError) || closing.aborted) throw error
        await clock.sleep(RETRY, closing)
      }
    }
  }
