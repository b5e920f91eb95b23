import type { Log } from '@etcdmonitor/core/ports/log'
import type { Clock } from '@etcdmonitor/core/time'
import { isDamage } from './metrics-errors.ts'
import { setAside } from './set-aside.ts'

/** What is done on one connection, as long as the file under it is sound. */
interface FileSession {
  /** `isSound`: nothing is wrong with the file, so that the next start need not look through it. */
  close(isSound: boolean): void
}

export interface WritableFile<Session> {
  /** The session on the file that lies there now; opens it when there is none. @throws StartRefused, an error of the driver */
  session(): Session
  /** Sets the file aside for what was found in it. @throws AppError `storage_unavailable` */
  replace(cause: unknown): void
  close(): void
}

interface WritableFileOptions<Session> {
  readonly path: string
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
  /** Opens the file at `path`, and makes it where none is. @throws StartRefused, an error that `isDamage` */
  readonly open: () => Session
  /** Told when what was known of the file is no longer so. */
  readonly onReplace?: () => void
}

/** A file that its one writer has open: where it is damaged, another takes its place (storage.md 5.10). */
export function createWritableFile<Session extends FileSession>({
  path,
  clock,
  log,
  open,
  onReplace,
}: WritableFileOptions<Session>): WritableFile<Session> {
  let current: Session | undefined

  const replace = (cause: unknown) => {
    current?.close(false)
    current = undefined
    onReplace?.()
    log.error('store_set_aside', { path: setAside(path, clock.now()), error: cause })
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
