import type { DatabaseSync } from 'node:sqlite'
import {
  atOf,
  chunkId,
  DAY,
  dayOf,
  firstHeadId,
  rollupId,
  WINDOW,
  windowId,
  windowOf,
} from '../metrics-keys.ts'
import { prepareReaderMarks } from '../reader-marks.ts'

const PIECE = 500
const beginOf = (win: number): number => Math.floor(win / windowId(1, 0)) * WINDOW

interface Bounds {
  readonly head: number
  readonly win: number
}

/** What a wrong clock left behind lies apart from what came before it, and is short; else it is today's clock that is wrong. */
const LONGEST_AHEAD = DAY
const SHORTEST_GAP = DAY / 2

/** Where samples of a wrong clock begin: the first UTC midnight that is more than 24 h after `now`. */
export const aheadFrom = (now: number): number => (dayOf(now + DAY) + 1) * DAY

/**
 * Gives a function that removes, inside a transaction, up to 500 rows that lie at or after an instant at which nothing can lie yet, head
 * first, and at last sets right what is known of their members (storage.md 5.9). `none`: there is nothing of the kind. `kept`: it is
 * more than a day, or goes on from what lies before it, so that the clock is not believed.
 */
export function prepareDropAhead(db: DatabaseSync): (from: number) => 'none' | 'dropped' | 'kept' {
  const isAhead = db.prepare(`SELECT 1 FROM member LEFT JOIN newest ON newest.member = member.id
    WHERE at >= CAST(?1 AS INTEGER) OR sealed_to > CAST(?1 AS INTEGER) LIMIT 1`)
  const newest = db.prepare('SELECT max(at) AS at FROM newest')
  const ahead = {
    head: db.prepare('SELECT min(id) AS id FROM head WHERE id >= ?'),
    win: db.prepare('SELECT min(id) AS id FROM win WHERE id >= ?'),
  }
  const before = {
    head: db.prepare('SELECT max(id) AS id FROM head WHERE id < ?'),
    win: db.prepare('SELECT max(id) AS id FROM win WHERE id < ?'),
  }
  const remove = (['head', 'chunk', 'win', 'r5', 'r30'] as const).map((table) => ({
    table,
    rows: db.prepare(`DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE id >= ? LIMIT ?)`),
  }))
  const members = db.prepare(`SELECT id FROM member LEFT JOIN newest ON newest.member = member.id
    WHERE at >= CAST(?1 AS INTEGER) OR sealed_to > CAST(?1 AS INTEGER)`)
  const last = {
    head: db.prepare('SELECT min(id) AS first, max(id) AS last FROM head WHERE id & 8191 = ?'),
    win: db.prepare('SELECT max(id) AS last, sum(samples) AS samples FROM win WHERE id & 8191 = ?'),
  }
  const setMember = db.prepare(`UPDATE member SET sealed_to = CAST(? AS INTEGER), samples = CAST(? AS INTEGER)
    WHERE id = CAST(? AS INTEGER)`)
  const setNewest =
    db.prepare(`UPDATE newest SET at = CAST(?1 AS INTEGER), ok_at = min(ok_at, CAST(?1 AS INTEGER))
    WHERE member = CAST(?2 AS INTEGER)`)
  const setDays = db.prepare(`UPDATE series SET last_day = coalesce(
      (SELECT max(id / 16777216) FROM r30 WHERE id & 16777215 = series.id), CAST(?1 AS INTEGER))
    WHERE last_day > CAST(?1 AS INTEGER)`)
  const { samplesChanged } = prepareReaderMarks(db)

  return (from) => {
    if (!isAhead.get(from)) return 'none'
    const bounds = {
      head: firstHeadId(from),
      chunk: chunkId(windowOf(from), 0),
      win: windowId(windowOf(from), 0),
      r5: rollupId(dayOf(from), 0),
      r30: rollupId(dayOf(from), 0),
    }
    const first = firstAhead(bounds)
    if (Number(newest.get()?.at ?? 0) - first > LONGEST_AHEAD || first - lastBefore(bounds) < SHORTEST_GAP)
      return 'kept'
    for (const { table, rows } of remove)
      if (Number(rows.run(BigInt(bounds[table]), BigInt(PIECE)).changes) > 0) return 'dropped'
    for (const { id } of members.all(from)) correct(Number(id))
    setDays.run(dayOf(from) - 1)
    samplesChanged()
    return 'dropped'
  }

  /** Unix ms of the first sample that is ahead, to a window; Infinity when all of them are gone. */
  function firstAhead(bounds: Bounds): number {
    const head = ahead.head.get(BigInt(bounds.head))?.id
    const win = ahead.win.get(BigInt(bounds.win))?.id
    return Math.min(
      head == null ? Number.POSITIVE_INFINITY : atOf(Number(head)),
      win == null ? Number.POSITIVE_INFINITY : beginOf(Number(win)),
    )
  }

  /** Unix ms of the last one before; -Infinity when there is none. */
  function lastBefore(bounds: Bounds): number {
    const head = before.head.get(BigInt(bounds.head))?.id
    const win = before.win.get(BigInt(bounds.win))?.id
    return Math.max(
      head == null ? Number.NEGATIVE_INFINITY : atOf(Number(head)),
      win == null ? Number.NEGATIVE_INFINITY : beginOf(Number(win)) + WINDOW,
    )
  }

  function correct(member: number): void {
    const head = last.head.get(BigInt(member))
    const win = last.win.get(BigInt(member))
    const sealedTo = win?.last == null ? 0 : (Math.floor(Number(win.last) / windowId(1, 0)) + 1) * WINDOW
    const firstTick = head?.first == null ? 0 : windowOf(atOf(Number(head.first))) * WINDOW
    const newestAt = head?.last == null ? Math.max(0, sealedTo - 1) : atOf(Number(head.last))
    setMember.run(sealedTo || firstTick, Number(win?.samples ?? 0), member)
    setNewest.run(newestAt, member)
  }
}
