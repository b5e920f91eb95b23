import type { Clock } from '@etcdmonitor/core/time'
import { lookThrough, lookThroughNames, markClean } from './look-through.ts'
import { isDamage } from './metrics-errors.ts'
import { openMetricsFileToWrite } from './metrics-file.ts'
import { type MetricsSession, openSession, type SessionOptions } from './metrics-session.ts'
import { setAside } from './set-aside.ts'

export interface WritableFile {
  /** The session on the file that lies there now; opens it when there is none. @throws StartRefused, an error of the driver */
  session(): MetricsSession
  /** Sets the file aside for what was found in it. */
  replace(cause: unknown): void
  close(): void
}

export interface WritableFileOptions extends SessionOptions {
  readonly path: string
  readonly clock: Clock
}

/** The file that the one writer has open: where it is damaged, another takes its place (storage.md 5.10). */
export function createWritableFile(options: WritableFileOptions): WritableFile {
  const { path, clock, log, damage } = options
  let current: MetricsSession | undefined

  const replace = (cause: unknown) => {
    current?.close(false)
    current = undefined
    damage.forget()
    log.error('store_set_aside', { path: setAside(path, clock.now()), error: cause })
  }
  const open = () => {
    const db = openMetricsFileToWrite(path, clock.now())
    try {
      lookThroughNames(db)
      lookThrough(db)
      markClean(db, false)
      return openSession(db, options)
    } catch (error) {
      db.close()
      throw error
    }
  }
  return {
    session() {
      try {
        current ??= open()
      } catch (error) {
        if (!isDamage(error)) throw error
        replace(error)
        current = open()
      }
      return current
    },
    replace,
    close: () => current?.close(true),
  }
}
