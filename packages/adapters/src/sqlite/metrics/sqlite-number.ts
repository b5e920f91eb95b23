import type { DatabaseSync } from 'node:sqlite'

/** The one number that a query or PRAGMA answers with. */
export const readNumber = (db: DatabaseSync, query: string): number =>
  Number(Object.values(db.prepare(query).get() ?? {})[0])
