import type { DatabaseSync } from 'node:sqlite'
import type { Labels } from '@etcdmonitor/core/metrics/sample'
import { type SourceId, sourceOf } from '@etcdmonitor/core/metrics/sources'
import { refuseDamaged } from './metrics-errors.ts'
import { dayOf } from './metrics-keys.ts'
import {
  boundsText,
  KINDS,
  labelsText,
  placesOf,
  readSeries,
  seriesChecksum,
  seriesKey,
} from './metrics-series.ts'
import { prepareReaderMarks } from './reader-marks.ts'
import { NEXT_SERIES } from './series-ids.ts'

/** Beyond it a sample is dropped as `series_limit`. */
const MAX_SERIES = 2_000
const MAX_PLACES = 8_192

/** Where the series of one member lie in its head rows. Places are given out append-only. */
export interface SeriesPlaces {
  /** Length of a head row now. */
  readonly count: number
  /** First place; a new series gets a row and the next places, inside the transaction that is open. Undefined: no room. */
  placeOf(series: SeriesName, at: number): number | undefined
}

export interface SeriesName {
  readonly source: SourceId
  readonly labels: Labels
  /** Of a histogram. */
  readonly bounds?: readonly number[]
}

export function openSeriesPlaces(db: DatabaseSync, member: number): SeriesPlaces {
  const insert = db.prepare(
    `INSERT INTO series (id, member, source, labels, kind, bounds, place, crc, last_day)
     VALUES (${NEXT_SERIES}, CAST(? AS INTEGER), ?, ?, CAST(? AS INTEGER), ?, CAST(? AS INTEGER), 0, CAST(? AS INTEGER))
     RETURNING id`,
  )
  const seal = db.prepare('UPDATE series SET crc = CAST(? AS INTEGER) WHERE id = CAST(? AS INTEGER)')
  const comeBack = db.prepare('UPDATE series SET last_day = CAST(? AS INTEGER) WHERE id = CAST(? AS INTEGER)')
  const { seriesChanged } = prepareReaderMarks(db)
  const places = new Map<string, Placed>()
  for (const { id, kind, source, labels, bounds, place, lastDay } of readSeries(db, member, refuseDamaged)) {
    const name = { source, labels, ...(kind === 'histogram' && { bounds }) }
    places.set(keyOf(name), { id, name, place, lastDay })
  }
  // Rows of sources that this release does not know keep their places too.
  const end = db.prepare(
    'SELECT place, bounds FROM series WHERE member = CAST(? AS INTEGER) ORDER BY place DESC LIMIT 1',
  )
  const last = end.get(member)
  let count = last
    ? Number(last.place) + (last.bounds === '' ? 1 : (JSON.parse(String(last.bounds)) as number[]).length + 2)
    : 0

  let before: Placed | undefined

  return {
    get count() {
      return count
    },
    placeOf(name, at) {
      const guess = before?.next
      const one = guess && isSame(guess.name, name) ? guess : (places.get(keyOf(name)) ?? add(name, at))
      if (!one) return undefined
      if (before) before.next = one
      before = one
      const day = dayOf(at)
      if (one.lastDay < day - 1) {
        comeBack.run(day, one.id) // else retention would take it for one that ended
        seriesChanged()
      }
      one.lastDay = day
      return one.place
    },
  }

  function add(name: SeriesName, at: number): Placed | undefined {
    const { kind } = sourceOf(name.source)
    const taken = placesOf({ kind, bounds: name.bounds ?? [] })
    if (places.size >= MAX_SERIES || count + taken > MAX_PLACES) return undefined
    const texts = { source: name.source, labels: labelsText(name.labels), bounds: boundsText(name.bounds) }
    const row = { member, ...texts, kind: KINDS[kind], place: count }
    const id = Number(
      insert.get(member, texts.source, texts.labels, row.kind, texts.bounds, row.place, dayOf(at))?.id,
    )
    seal.run(seriesChecksum({ id, ...row }), id)
    seriesChanged()
    const one = { id, name: copyOf(name), place: row.place, lastDay: dayOf(at) }
    places.set(keyOf(name), one)
    count += taken
    return one
  }
}

/** A series, and the one that was asked for after it: ticks come in one order, and texts cost more than all else of a tick. */
interface Placed {
  readonly id: number
  readonly name: SeriesName
  readonly place: number
  /** Newest UTC day on which it was asked for, or was the last in the file. */
  lastDay: number
  next?: Placed
}

/** Texts of a tick are parts of the page that was scraped, and would hold it. */
const copyOf = ({ source, labels, bounds }: SeriesName): SeriesName =>
  structuredClone({ source, labels, ...(bounds && { bounds }) })

const keyOf = ({ source, labels, bounds }: SeriesName): string =>
  seriesKey(source, labelsText(labels), boundsText(bounds))

function isSame(a: SeriesName, b: SeriesName): boolean {
  if (a.source !== b.source || a.bounds?.length !== b.bounds?.length) return false
  const ours = Object.entries(a.labels)
  const theirs: Readonly<Record<string, string | undefined>> = b.labels
  if (ours.length !== Object.keys(theirs).length) return false
  if (ours.some(([key, value]) => value !== theirs[key])) return false
  return a.bounds?.every((bound, i) => bound === b.bounds?.[i]) ?? true
}
