import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartRefused } from '@etcdmonitor/core/errors'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { Clock } from '@etcdmonitor/core/time'
import { isBusy } from '../result-code.ts'

const PATIENCE = 10_000
/** One that is just ending is not worth a word. */
const QUIET = 1_000
const BETWEEN_TRIES = 100

interface LockDeps {
  readonly clock: Clock
  /** Told that another one is waited for. */
  readonly log: Pick<Log, 'warn'>
  readonly signal: AbortSignal
}

/**
 * One collector per data folder: an SQLite file on which a transaction stays open for life, since Node has no file lock of its own and the
 * kernel frees this one at death (storage.md 5.11).
 * @throws StartRefused naming the holder, after 10 s; the signal's reason
 */
export async function takeCollectorLock(
  dataDir: string,
  { clock, log, signal }: LockDeps,
): Promise<Disposable> {
  const holder = join(dataDir, 'collector.holder')
  const path = join(dataDir, 'collector.lock')
  writeFileSync(path, '', { flag: 'a', mode: 0o600 })
  using opening = new DisposableStack()
  const db = opening.adopt(new DatabaseSync(path, { timeout: 0 }), (opened) => opened.close())
  const begunAt = clock.monotonic()
  const giveUpAt = begunAt + PATIENCE
  let isTold = false
  while (!tryToLock(db)) {
    if (!isTold && clock.monotonic() - begunAt >= QUIET) {
      isTold = true
      log.warn('waiting_for_collector', { data_dir: dataDir, holder: readHolder(holder), up_to_ms: PATIENCE })
    }
    if (clock.monotonic() >= giveUpAt)
      throw new StartRefused([
        `another collector writes to ${dataDir}: ${readHolder(holder)}; stop it, or name another storage.data_dir`,
      ])
    await clock.sleep(BETWEEN_TRIES, signal)
    signal.throwIfAborted()
  }
  const text = { pid: process.pid, host: hostname(), started_at: new Date(clock.now()).toISOString() }
  writeFileSync(holder, `${JSON.stringify(text)}\n`, { mode: 0o600 })
  opening.defer(() => rmSync(holder, { force: true })) // while the lock is still ours
  return opening.move()
}

function tryToLock(db: DatabaseSync): boolean {
  try {
    db.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if (isBusy(error)) return false
    throw error
  }
}

function readHolder(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim().slice(0, 200)
  } catch {
    return 'its holder is not known' // it is about to write the file
  }
}
