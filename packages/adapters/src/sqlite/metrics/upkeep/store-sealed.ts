import type { DatabaseSync } from 'node:sqlite'
import { selectHead } from '../head-rows.ts'
import { dayOf, firstHeadId, WINDOW } from '../metrics-keys.ts'
import { prepareReaderMarks } from '../reader-marks.ts'
import type { SealedRows } from './seal-window.ts'

/**
 * Gives a function that writes a sealed window inside the transaction that is open. False, and nothing is written, when the window changed
 * since it was read.
 */
export function prepareStoreSealed(db: DatabaseSync): (rows: SealedRows) => boolean {
  // Ids are bound as bigint: node:sqlite binds every number as REAL.
  const count = db.prepare(selectHead('count(*) AS n'))
  const putWindow = db.prepare('INSERT OR REPLACE INTO win VALUES (?, ?, ?)')
  const put = {
    chunk: db.prepare('INSERT OR REPLACE INTO chunk VALUES (?, ?)'),
    r5: db.prepare('INSERT OR REPLACE INTO r5 VALUES (?, ?)'),
    r30: db.prepare('INSERT OR REPLACE INTO r30 VALUES (?, ?)'),
  }
  const seal =
    db.prepare(`UPDATE member SET sealed_to = CAST(? AS INTEGER), samples = samples + CAST(? AS INTEGER)
    WHERE id = CAST(? AS INTEGER)`)
  const setDay = db.prepare('UPDATE series SET last_day = CAST(? AS INTEGER) WHERE id = CAST(? AS INTEGER)')
  const { seriesChanged } = prepareReaderMarks(db)

  return (rows) => {
    const { member, window, ticks, samples, win, newDay } = rows
    const [from, to] = [firstHeadId(window * WINDOW), firstHeadId((window + 1) * WINDOW)]
    if (Number(count.get(BigInt(from), BigInt(to), BigInt(member.id))?.n) !== ticks) return false
    putWindow.run(BigInt(win.id), BigInt(samples), win.blob)
    for (const table of ['chunk', 'r5', 'r30'] as const)
      for (const { id, blob } of inOrder(rows[table])) put[table].run(BigInt(id), blob)
    for (const id of newDay) setDay.run(dayOf(window * WINDOW), id)
    if (newDay.length > 0) seriesChanged()
    seal.run((window + 1) * WINDOW, samples, member.id)
    return true
  }
}

/** A row that goes between others splits a page, and leaves both halves half empty. */
const inOrder = <T extends { readonly id: number }>(rows: readonly T[]): readonly T[] =>
  rows.toSorted((a, b) => a.id - b.id)
