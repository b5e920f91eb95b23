import { chmodSync, closeSync, existsSync, fsyncSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartRefused } from '@etcdmonitor/core/errors'
import { lookThrough, markClean } from '../metrics/look-through.ts'
import { WRITER_PRAGMAS } from '../metrics/metrics-schema.ts'
import { APPLICATION_ID, SCHEMA_VERSION, TABLES } from './outbox-schema.ts'

const TIMEOUT = 5_000

/**
 * The one connection to the outbox; makes the file, 0600, when it is missing or empty.
 * @throws StartRefused when the file is foreign or newer than this program; an error that `isDamage`
 */
export function openOutboxFile(path: string): DatabaseSync {
  if (!existsSync(path)) {
    closeSync(openSync(path, 'a', 0o600)) // SQLite gives its side files the same mode
    chmodSync(path, 0o600)
  }
  const db = new DatabaseSync(path, { timeout: TIMEOUT })
  try {
    const isEmpty = numberOf(db, 'SELECT count(*) FROM sqlite_schema') === 0
    if (isEmpty) db.exec('PRAGMA page_size = 4096; PRAGMA auto_vacuum = 2')
    else requireOurs(db, path)
    db.exec(WRITER_PRAGMAS)
    if (isEmpty) create(db, path)
    lookThrough(db)
    markClean(db, false)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function requireOurs(db: DatabaseSync, path: string): void {
  const isOurs = numberOf(db, 'PRAGMA application_id') === APPLICATION_ID
  if (isOurs && numberOf(db, 'PRAGMA user_version') === SCHEMA_VERSION) return
  throw new StartRefused([
    `${path}: ${isOurs ? 'has the schema of another release' : 'is no outbox of etcdmonitor'}; move it away, or name another storage.data_dir. It was not changed`,
  ])
}

function create(db: DatabaseSync, path: string): void {
  db.exec(`BEGIN IMMEDIATE; ${TABLES}
    PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`)
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder) // the name of a new file is durable only with its folder
  closeSync(folder)
}

const numberOf = (db: DatabaseSync, query: string): number =>
  Number(Object.values(db.prepare(query).get() ?? {})[0])
