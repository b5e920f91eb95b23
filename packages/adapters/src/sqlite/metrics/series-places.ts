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
    `INSERT INTO series (member, source, labels, kind, bounds, place, crc, last_day)
     VALUES (CAST(? AS INTEGER), ?, ?, CAST(? AS INTEGER), ?, CAST(? AS INTEGER), 0, CAST(? AS INTEGER)) RETURNING id`,
  )
  const seal = db.prepare('UPDATE series SET crc = CAST(? AS INTEGER) WHERE id = CAST(? AS INTEGER)')
  const comeBack = db.prepare('UPDATE series SET last_day = CAST(? AS INTEGER) WHERE id = CAST(? AS INTEGER)')
  const { seriesChanged } = prepareReaderMarks(db)
  const known = readSeries(db, member, refuseDamaged)
  const places = new Map(
    known.map((one) => [
      seriesKey(
        one.source,
        labelsText(one.labels),
        boundsText(one.kind === 'histogram' ? one.bounds : undefined),
      ),
      { id: one.id, place: one.place, lastDay: one.lastDay },
    ]),
  )
  // Rows of sources that this release does not know keep their places too.
  const end = db.prepare(
    'SELECT place, bounds FROM series WHERE member = CAST(? AS INTEGER) ORDER BY place DESC LIMIT 1',
  )
  const last = end.get(member)
  let count = last
    ? Number(last.place) + (last.bounds === '' ? 1 : (JSON.parse(String(last.bounds)) as number[]).length + 2)
    : 0

  return {
    get count() {
      return count
    },
    placeOf({ source, labels, bounds }, at) {
      const texts = { source, labels: labelsText(labels), bounds: boundsText(bounds) }
      const key = seriesKey(texts.source, texts.labels, texts.bounds)
      const day = dayOf(at)
      const one = places.get(key)
      if (one) {
        if (one.lastDay < day - 1) {
          comeBack.run(day, one.id) // else retention would take it for one that ended
          seriesChanged()
        }
        one.lastDay = day
        return one.place
      }
      const { kind } = sourceOf(source)
      const taken = placesOf({ kind, bounds: bounds ?? [] })
      if (places.size >= MAX_SERIES || count + taken > MAX_PLACES) return undefined
      const row = { member, ...texts, kind: KINDS[kind], place: count }
      const { kind: number, place: first } = row
      const id = Number(insert.get(member, source, texts.labels, number, texts.bounds, first, day)?.id)
      seal.run(seriesChecksum({ id, ...row }), id)
      seriesChanged()
      places.set(key, { id, place: row.place, lastDay: day })
      count += taken
      return row.place
    },
  }
}
