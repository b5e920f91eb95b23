import { closeSync, openSync, rmSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { openBlob, toDoubles } from './columns/metrics-blob.ts'
import { atOf, DAY, memberOf, WINDOW } from './metrics-keys.ts'
import { SCHEMA_VERSION, SEALED_TABLES } from './metrics-schema.ts'

/** From the version before each to it. */
const MIGRATIONS: Readonly<Record<number, (db: DatabaseSync) => void>> = {
  2: addSealing,
}

/**
 * Brings an older file to the newest schema: each version in one transaction, and until the last is there a copy of the file lies beside
 * it. @throws an error of the driver; the file is then of one version or the other, never between
 */
export function migrateMetrics(db: DatabaseSync, path: string): void {
  const copy = copyOf(path)
  removeCopy(path)
  closeSync(openSync(copy, 'wx', 0o600)) // SQLite fills an empty file, and keeps its mode
  db.prepare('VACUUM INTO ?').run(copy)
  for (let next = versionOf(db) + 1; next <= SCHEMA_VERSION; next++) {
    db.exec('BEGIN IMMEDIATE')
    MIGRATIONS[next]?.(db)
    db.exec(`PRAGMA user_version = ${next}; COMMIT`)
  }
}

const copyOf = (path: string) => `${path}.before-migration`

/** Once the file is of the newest schema; a kill may have come before. */
export const removeCopy = (path: string): void => rmSync(copyOf(path), { force: true })

const versionOf = (db: DatabaseSync): number => Number(db.prepare('PRAGMA user_version').get()?.user_version)

/** Version 1 had head rows alone: nothing of them is sealed yet. */
function addSealing(db: DatabaseSync): void {
  db.exec(`ALTER TABLE member ADD COLUMN sealed_to INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE member ADD COLUMN samples INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE series ADD COLUMN last_day INTEGER NOT NULL DEFAULT 0;
    UPDATE member SET sealed_to = first_at / ${WINDOW} * ${WINDOW};
    ${SEALED_TABLES}`)
  const newest = db.prepare('SELECT max(id) AS id FROM head GROUP BY id & 8191').all()
  const insert = db.prepare(
    'INSERT INTO newest VALUES (CAST(? AS INTEGER), CAST(? AS INTEGER), CAST(? AS INTEGER))',
  )
  for (const id of newest.map((row) => Number(row.id)))
    insert.run(memberOf(id), atOf(id), newestGood(db, memberOf(id)))
  const last = Math.max(0, ...newest.map((row) => atOf(Number(row.id))))
  db.exec(`UPDATE series SET last_day = ${Math.floor(last / DAY)}`)
}

/** The newest tick with `collector_up` 1, 0 = none. */
function newestGood(db: DatabaseSync, member: number): number {
  const place = db
    .prepare("SELECT place FROM series WHERE member = CAST(? AS INTEGER) AND source = 'collector_up'")
    .get(member)?.place
  if (place === undefined) return 0
  const rows = db
    .prepare('SELECT id, v FROM head WHERE id & 8191 = CAST(? AS INTEGER) ORDER BY id DESC')
    .iterate(member)
  for (const row of rows) {
    const id = Number(row.id)
    const body = openBlob('head', id, row.v as Uint8Array) // a BLOB column of a STRICT table
    if (body && toDoubles(body)?.[Number(place)] === 1) return atOf(id)
  }
  return 0
}
