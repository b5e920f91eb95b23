import type { DatabaseSync } from 'node:sqlite'
import { DamagedFile, isDiskFull } from './metrics-errors.ts'
import { readNumber } from './sqlite-number.ts'

/** Larger ones would hold up the start for too long. */
const LARGEST = 536_870_912

/** Notes whether the last stop was in good order; on a full disk what stands there stays. */
export function markClean(db: DatabaseSync, isClean: boolean): void {
  try {
    db.prepare(
      "INSERT INTO meta VALUES ('clean', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    ).run(isClean ? '1' : '0')
  } catch (error) {
    if (!isDiskFull(error)) throw error
  }
}

/** Ends the one connection that writes. `isSound`: nothing is wrong with the file, so that the next start need not look through it. */
export function closeMarked(db: DatabaseSync, isSound: boolean): void {
  try {
    if (isSound) markClean(db, true)
  } finally {
    db.close()
  }
}

/** At the start, after a stop that was not in good order: of the whole file. @throws an error that `isDamage` */
export function lookThrough(db: DatabaseSync): void {
  if (db.prepare("SELECT value FROM meta WHERE key = 'clean'").get()?.value === '1') return
  if (readNumber(db, 'PRAGMA page_count') * readNumber(db, 'PRAGMA page_size') > LARGEST) return
  const [check] = Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})
  if (check !== 'ok') throw new DamagedFile(`quick_check says: ${String(check).slice(0, 200)}`)
}

/**
 * `quick_check` does not see that table and index differ. A series that the index does not find would be given another row, and its places
 * in the head to another: its numbers would be those of two. @throws an error that `isDamage`
 */
export function lookThroughNames(db: DatabaseSync): void {
  for (const table of ['member', 'series']) {
    const [check] = Object.values(db.prepare(`PRAGMA integrity_check('${table}')`).get() ?? {})
    if (check !== 'ok') throw new DamagedFile(`integrity_check says: ${String(check).slice(0, 200)}`)
  }
}
