import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartRefused } from '@etcdmonitor/core/errors'
import { requireOurTables } from './metrics-columns.ts'
import { isDiskFull } from './metrics-errors.ts'
import { migrateMetrics, removeCopy } from './metrics-migrations.ts'
import {
  APPLICATION_ID,
  CREATION_PRAGMAS,
  READER_PRAGMAS,
  SCHEMA_VERSION,
  TABLES,
  WRITER_PRAGMAS,
} from './metrics-schema.ts'
import { readNumber } from './sqlite-number.ts'

const WRITER_TIMEOUT = 5_000
const READER_TIMEOUT = 250

/** What the marks in a file say of it (storage.md 5.10). */
type FileState = 'empty' | 'ours' | 'older' | 'foreign' | 'newer'

/** Makes the data folder, 0700 whatever the umask; one that is there keeps its mode. */
export function makeDataDir(dataDir: string): void {
  if (mkdirSync(dataDir, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(dataDir, 0o700)
}

/**
 * The one connection that writes; makes the file when it is missing, also after a death in the middle of making it.
 * @throws StartRefused when the file is foreign or newer than this program, or cannot be migrated; an error that `isDamage`. Nothing is
 * written then
 */
export function openMetricsFileToWrite(path: string, now: number): DatabaseSync {
  try {
    makeFile(path)
    const state = lookAt(path)
    if (state === 'foreign') throw refuseFile(path, 'is no metrics database of etcdmonitor')
    if (state === 'newer') throw refuseFile(path, 'has the schema of a newer release')
    return open(path, state, now)
  } catch (error) {
    if (isDiskFull(error)) throw refuseFile(path, 'is on a full disk', error)
    throw error
  }
}

/** For the life of the process, or until another file lies there. Undefined: there is no store yet. @throws an error of the driver */
export function openMetricsFileToRead(path: string): DatabaseSync | 'foreign' | 'newer' | undefined {
  if (!existsSync(path)) return undefined
  const db = new DatabaseSync(path, { readOnly: true, timeout: READER_TIMEOUT })
  try {
    const state = stateOf(db)
    if (state === 'ours') {
      requireOurTables(db)
      db.exec(READER_PRAGMAS)
      return db
    }
    db.close()
    return state === 'foreign' || state === 'newer' ? state : undefined // the collector is making or migrating it
  } catch (error) {
    if (db.isOpen) db.close()
    throw error
  }
}

const refuseFile = (path: string, reason: string, cause?: unknown): StartRefused =>
  new StartRefused(
    [`${path}: ${reason}; move it away, or name another storage.data_dir. It was not changed`],
    {
      cause,
    },
  )

function makeFile(path: string): void {
  if (existsSync(path)) return
  closeSync(openSync(path, 'a', 0o600)) // SQLite gives its side files the same mode
  chmodSync(path, 0o600)
}

function lookAt(path: string): FileState {
  using db = new DatabaseSync(path, { readOnly: true, timeout: WRITER_TIMEOUT })
  const state = stateOf(db)
  if (state === 'ours') requireOurTables(db)
  return state
}

function stateOf(db: DatabaseSync): FileState {
  const id = readNumber(db, 'PRAGMA application_id')
  if (id === APPLICATION_ID) {
    const version = readNumber(db, 'PRAGMA user_version')
    return version === SCHEMA_VERSION ? 'ours' : version > SCHEMA_VERSION ? 'newer' : 'older'
  }
  return id === 0 && readNumber(db, 'SELECT count(*) FROM sqlite_schema') === 0 ? 'empty' : 'foreign'
}

function open(path: string, state: FileState, now: number): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: WRITER_TIMEOUT })
  try {
    if (state === 'empty') db.exec(CREATION_PRAGMAS)
    db.exec(WRITER_PRAGMAS)
    if (state === 'empty') create(db, path, now)
    if (state === 'older') migrateMetrics(db, path)
    removeCopy(path)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** All in one transaction: a reader sees nothing or a whole store. */
function create(db: DatabaseSync, path: string, now: number): void {
  db.exec(`BEGIN IMMEDIATE; ${TABLES}
    PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION};
    INSERT INTO meta VALUES ('store_id', lower(hex(randomblob(8)))), ('series_rev', '0')`)
  db.prepare("INSERT INTO meta VALUES ('created_at', ?)").run(String(now))
  db.exec('COMMIT')
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder) // the name of a new file is durable only with its folder
  closeSync(folder)
}
