import { DatabaseSync } from 'node:sqlite'
import { systemClock } from '@etcdmonitor/adapters/node/clock'

const LOOK_AGAIN = 100
const BUSY = 5

/**
 * Holds `file` against all other processes until disposed of; waits for it without bound. The kernel frees it when we die,
 * which a lock file does not (Node has no flock(2); SQLite has).
 * @throws the reason of `signal` when that aborts first
 */
export async function takeLock(
  file: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<Disposable> {
  const database = new DatabaseSync(file, { timeout: 0 })
  const release = () => database.close()
  try {
    while (!tryLock(database)) {
      await systemClock.sleep(LOOK_AGAIN, signal)
      signal.throwIfAborted()
    }
    return { [Symbol.dispose]: release }
  } catch (error) {
    release()
    throw error
  }
}

function tryLock(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if ((error as { errcode?: number }).errcode === BUSY) return false // node:sqlite sets SQLite's code
    throw error
  }
}
