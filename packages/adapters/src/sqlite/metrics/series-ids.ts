import type { DatabaseSync } from 'node:sqlite'

/**
 * The id of the next series in SQL: above every one that was ever given. SQLite itself gives the highest again when its row is gone, and a
 * reader in the middle of an answer would show the new one's cells as those of the old.
 */
export const NEXT_SERIES = `max(coalesce((SELECT max(id) FROM series), 0),
  coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'series_given'), 0)) + 1`

/** Gives a function for the transaction in which series go: their ids stay given. */
export function prepareKeepIds(db: DatabaseSync): () => void {
  const keep = db.prepare(`INSERT INTO meta SELECT 'series_given', CAST(${NEXT_SERIES} - 1 AS TEXT)
    WHERE true ON CONFLICT (key) DO UPDATE SET value = excluded.value`)
  return () => void keep.run()
}
