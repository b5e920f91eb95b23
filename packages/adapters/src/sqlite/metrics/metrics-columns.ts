import { DatabaseSync } from 'node:sqlite'
import { resultCode } from '../result-code.ts'
import { DamagedFile } from './metrics-errors.ts'
import { TABLES } from './metrics-schema.ts'

/**
 * The names under which SQLite gives values back stand in the text of the schema, which no checksum covers: a letter that is another, or of
 * another case, makes a value absent. Nothing of the schema is read before. @throws an error that `isDamage`
 */
export function requireOurTables(db: DatabaseSync): void {
  using ours = new DatabaseSync(':memory:')
  ours.exec(TABLES)
  if (columnsOf(db) !== columnsOf(ours)) throw new DamagedFile('the tables have other columns than ours')
}

function columnsOf(db: DatabaseSync): string {
  try {
    const columns = db.prepare(
      `SELECT t.name AS "table", c.name, c.type, c."notnull", c.pk FROM sqlite_schema t, pragma_table_info(t.name) c
       WHERE t.type = 'table' ORDER BY t.name, c.cid`,
    )
    return JSON.stringify(columns.all())
  } catch (error) {
    if (resultCode(error) !== 1) throw error
    throw new DamagedFile('the schema cannot be read', { cause: error }) // "unsupported file format"
  }
}
