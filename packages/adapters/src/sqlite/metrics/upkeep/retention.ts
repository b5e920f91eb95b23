import type { DatabaseSync } from 'node:sqlite'
import { chunkId, DAY, dayOf, firstHeadId, rollupId, WINDOW, windowId, windowOf } from '../metrics-keys.ts'
import { prepareReaderMarks } from '../reader-marks.ts'
import { LOOK_BACK_WINDOWS, prepareReadPruned } from '../reading/metrics-horizon.ts'
import { prepareKeepIds } from '../series-ids.ts'

const HOUR = 3_600_000
/** Rollups stay at least this long, days. */
const LEAST_ROLLUP_DAYS = 90
/** Rows of one transaction: what takes long is its way to the disk. */
const PIECE = 2_000
/** What may go in an hour of steady time: a wrong clock must not wipe history. */
const HOURLY = { windows: 12, days: 1 }
const DAY_WINDOWS = DAY / WINDOW

export interface Retention {
  /** Removes a piece of what is too old: `true` when something went (storage.md 5.9). Inside a transaction, as is the next. */
  removeOld(clock: { readonly now: number; readonly steady: number }): boolean
  /** Has the oldest day of samples go, unless it is the last: then undefined, else the instant from which on they stay. Rollups stay. */
  giveUpDay(): number | undefined
}

export function prepareRetention(db: DatabaseSync, retentionDays: number): Retention {
  const set = db.prepare(
    'INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  )
  const lastWindow = db.prepare('SELECT id FROM win ORDER BY id DESC LIMIT 1')
  const first = {
    win: db.prepare('SELECT id FROM win ORDER BY id LIMIT 1'),
    r5: db.prepare('SELECT id FROM r5 ORDER BY id LIMIT 1'),
  }
  const remove = {
    chunk: prepareRemove(db, 'chunk'),
    r5: prepareRemove(db, 'r5'),
    r30: prepareRemove(db, 'r30'),
  }
  const oldWindows = db.prepare('SELECT id, samples FROM win WHERE id < ? ORDER BY id LIMIT ?')
  const removeWindow = db.prepare('DELETE FROM win WHERE id = ?')
  const lessSamples = db.prepare(
    'UPDATE member SET samples = samples - CAST(? AS INTEGER) WHERE id = CAST(? AS INTEGER)',
  )
  const keepSeries = prepareSeriesRetention(db)
  const readPruned = prepareReadPruned(db)
  const windows = createAllowance(HOURLY.windows)
  const days = createAllowance(HOURLY.days)

  return { removeOld, giveUpDay }

  function giveUpDay(): number | undefined {
    const last = lastWindow.get()
    const oldest = Math.max(firstOf(first.win, windowId(1, 0)), readPruned().to ?? 0)
    const newest = last ? Math.floor(Number(last.id) / windowId(1, 0)) : 0
    const to = Math.min(oldest + DAY_WINDOWS, newest + 1 - DAY_WINDOWS)
    if (to <= oldest) return undefined
    set.run('pruned_to', String(to))
    return to * WINDOW
  }

  function removeOld({ now, steady }: { readonly now: number; readonly steady: number }): boolean {
    const hours = Math.floor(steady / HOUR)
    const pruned = readPruned()
    const to = rise({
      wanted: windowOf(now - retentionDays * DAY) - LOOK_BACK_WINDOWS,
      pruned: pruned.to,
      first: firstOf(first.win, windowId(1, 0)),
      allowed: windows(hours),
    })
    const day = rise({
      wanted: dayOf(now) - Math.max(retentionDays, LEAST_ROLLUP_DAYS),
      pruned: pruned.day,
      first: firstOf(first.r5, rollupId(1, 0)),
      allowed: days(hours),
    })
    if (to.risen > 0) set.run('pruned_to', String(to.at))
    if (day.risen > 0) set.run('pruned_day', String(day.at))
    windows.use(to.risen)
    days.use(day.risen)
    if (removeSamples(to.at) > 0 || removeRollups(day.at) > 0) return true
    return keepSeries(day.at)
  }

  function removeSamples(to: number): number {
    const gone = remove.chunk(chunkId(to, 0))
    if (gone > 0) return gone
    const old = oldWindows.all(BigInt(windowId(to, 0)), BigInt(PIECE))
    for (const { id, samples } of old) {
      removeWindow.run(BigInt(Number(id)))
      lessSamples.run(Number(samples), Number(id) % windowId(1, 0))
    }
    return old.length
  }

  function removeRollups(day: number): number {
    for (const table of ['r5', 'r30'] as const) {
      const gone = remove[table](rollupId(day, 0))
      if (gone > 0) return gone
    }
    return 0
  }
}

/** Gives a function that removes a piece of the rows before a key, and says how many: as a range, for which pages go whole. */
function prepareRemove(db: DatabaseSync, table: 'chunk' | 'r5' | 'r30'): (end: number) => number {
  const next = db.prepare(`SELECT id FROM ${table} WHERE id < ? ORDER BY id LIMIT 1 OFFSET ${PIECE}`)
  const remove = db.prepare(`DELETE FROM ${table} WHERE id < ?`)
  return (end) => Number(remove.run(BigInt(Number(next.get(BigInt(end))?.id ?? end))).changes)
}

const firstOf = (query: ReturnType<DatabaseSync['prepare']>, scale: number): number => {
  const row = query.get()
  return row ? Math.floor(Number(row.id) / scale) : Number.POSITIVE_INFINITY
}

/** How far a border rises: to `wanted`, by what is `allowed`; what is empty in front of it is passed over for nothing. */
function rise({ wanted, pruned = Number.NEGATIVE_INFINITY, first, allowed }: Rise): {
  readonly at: number
  readonly risen: number
} {
  if (first >= wanted) return { at: Math.max(0, pruned), risen: 0 } // nothing to remove
  const from = Math.max(pruned, first)
  const risen = Math.max(0, Math.min(wanted - from, allowed))
  return { at: risen > 0 ? from + risen : Math.max(0, pruned), risen }
}

interface Rise {
  readonly wanted: number
  readonly pruned: number | undefined
  /** The oldest that is there. */
  readonly first: number
  readonly allowed: number
}

/** So many for each full hour of steady time, less those that were used of it. */
function createAllowance(hourly: number) {
  let used = 0
  let hoursBefore = 0
  const left = (hours: number): number => {
    if (hours < hoursBefore) used = 0 // the clock was stepped: it starts anew
    hoursBefore = hours
    return hourly * hours - used
  }
  return Object.assign(left, {
    use(count: number): void {
      used += count
    },
  })
}

/**
 * Removes series, and members, of which nothing is left, once after each day that went: the series of one member a call. One that came back
 * has the day of its return as its last.
 */
function prepareSeriesRetention(db: DatabaseSync): (day: number) => boolean {
  const firstInHead = db.prepare('SELECT id FROM head ORDER BY id LIMIT 1')
  const nextOld = db.prepare('SELECT min(member) AS member FROM series WHERE last_day < CAST(? AS INTEGER)')
  const removeSeries = db.prepare(
    'DELETE FROM series WHERE member = CAST(? AS INTEGER) AND last_day < CAST(? AS INTEGER)',
  )
  const forgotten =
    db.prepare(`SELECT id FROM member WHERE id IN (SELECT member FROM newest WHERE at < CAST(? AS INTEGER))
    AND id NOT IN (SELECT member FROM series)`)
  const removeMember = db.prepare('DELETE FROM member WHERE id = CAST(? AS INTEGER)')
  const removeNewest = db.prepare('DELETE FROM newest WHERE member = CAST(? AS INTEGER)')
  const { seriesChanged, samplesChanged } = prepareReaderMarks(db)
  const keepIds = prepareKeepIds(db)
  let keptFrom = 0

  return (day) => {
    const first = firstInHead.get()
    const isInHead = first !== undefined && Number(first.id) < firstHeadId((day + 1) * DAY)
    if (day <= keptFrom || isInHead) return false // no head row may hold a place that is given to another
    const member = nextOld.get(day)?.member ?? undefined
    if (member === undefined) keptFrom = day
    if (member !== undefined) keepIds()
    const gone =
      member === undefined ? removeForgotten(day) : Number(removeSeries.run(Number(member), day).changes)
    if (gone === 0) return false
    seriesChanged()
    samplesChanged()
    return true
  }

  function removeForgotten(day: number): number {
    const members = forgotten.all(day * DAY).map(({ id }) => Number(id))
    for (const id of members) {
      removeNewest.run(id)
      removeMember.run(id)
    }
    return members.length
  }
}
