import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { Outbox } from '@etcdmonitor/core/ports/outbox'
import type { Clock } from '@etcdmonitor/core/time'
import { takeCollectorLock } from '../metrics/collector-lock.ts'
import { createCollectorMemory } from '../metrics/collector-memory.ts'
import { watchRoom } from '../metrics/disk-room.ts'
import { closeMarked } from '../metrics/look-through.ts'
import { DamagedFile, isDamage, storageUnavailable, toStorageError } from '../metrics/metrics-errors.ts'
import { makeDataDir } from '../metrics/metrics-file.ts'
import { createWritableFile, type WritableFile } from '../metrics/writable-file.ts'
import { resultCode } from '../result-code.ts'
import { requireSqlite } from '../sqlite-version.ts'
import { openOutboxFile } from './outbox-file.ts'
import { type OutboxRows, openOutboxRows } from './outbox-rows.ts'

export interface OutboxOptions {
  readonly dataDir: string
  readonly clock: Clock
  readonly log: Log
  /** Ends the wait for another collector to go. Absent: it lasts its 10 s. */
  readonly signal?: AbortSignal
}

interface OutboxSession extends OutboxRows {
  readonly db: DatabaseSync
  readonly memory: ReturnType<typeof createCollectorMemory>
  close(isSound: boolean): void
}

/**
 * Opens (and makes) `<data>/outbox.db`, and is the one collector of the folder until disposed of. A file that is damaged is set aside,
 * and a new one begun.
 * @throws StartRefused when another collector holds the folder, when the file is foreign or newer, or SQLite too old; the signal's reason
 */
export async function openSqliteOutbox(options: OutboxOptions): Promise<Outbox> {
  const { dataDir, clock, log, signal = new AbortController().signal } = options
  requireSqlite()
  makeDataDir(dataDir)
  using opening = new DisposableStack()
  opening.use(await takeCollectorLock(dataDir, { clock, log, signal }))
  const path = join(dataDir, 'outbox.db')
  const file = createWritableFile({ path, clock, log, open: () => openSessionAt(path) })
  opening.defer(() => file.close())
  file.session() // refuses the start where it must
  return sqliteOutbox(file, watchRoom(dataDir), opening.move())
}

function sqliteOutbox(
  file: WritableFile<OutboxSession>,
  room: Outbox['room'],
  held: DisposableStack,
): Outbox {
  function ask<T>(question: (session: OutboxSession) => T): T {
    if (held.disposed) throw storageUnavailable('the outbox is closed')
    try {
      return question(file.session())
    } catch (error) {
      if (isDamage(error)) file.replace(error)
      throw toStorageError(error)
    }
  }
  const transact = (work: (session: OutboxSession) => void): void =>
    ask((session) => {
      const { db } = session
      try {
        db.exec('BEGIN IMMEDIATE')
        work(session)
        db.exec('COMMIT')
      } catch (error) {
        if (db.isOpen && db.isTransaction) db.exec('ROLLBACK')
        throw error
      }
    })

  return {
    settle: (settlement) => transact((session) => session.settle(settlement)),
    newest: () => ask((session) => session.newest()),
    oldest: (bounds) => ask((session) => session.oldest(bounds)),
    read: (ids) => ask((session) => session.read(ids)),
    lastTick: () => ask((session) => session.lastTick()),
    summaries: (bounds) => ask((session) => session.summaries(bounds)),
    nextTick: (member, group, at) => ask((session) => session.nextTick(member, group, at)),
    totals: () => ask((session) => session.totals()),
    refused: () => ask((session) => session.refused()),
    room,
    recall: (key) => ask(({ memory }) => memory.recall(key)),
    remember: (key, text) => transact(({ memory }) => memory.remember(key, text)),
    [Symbol.dispose]: () => held.dispose(),
  }
}

function openSessionAt(path: string): OutboxSession {
  const db = openOutboxFile(path)
  try {
    const memory = createCollectorMemory(db)
    return { db, ...openOutboxRows(db), memory, close: (isSound) => closeMarked(db, isSound) }
  } catch (error) {
    db.close()
    // the file says that it is of this version: tables that its statements do not fit are damage
    throw resultCode(error) === 1
      ? new DamagedFile('the tables are not those of its version', { cause: error })
      : error
  }
}
