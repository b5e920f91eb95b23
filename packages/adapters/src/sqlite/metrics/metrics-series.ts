import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import type { Labels } from '@etcdmonitor/core/metrics/sample'
import { findSource, type SourceEntry, type SourceId, sourceOf } from '@etcdmonitor/core/metrics/sources'
import type { MemberInfo, MemberRef } from '@etcdmonitor/core/ports/metrics-store'
import { rowChecksum } from './columns/metrics-blob.ts'

type Kind = SourceEntry['kind']

/** As `series.kind` says it. */
export const KINDS = { gauge: 1, counter: 2, histogram: 3 } satisfies Record<Kind, number>

export interface StoredMemberRow extends MemberRef {
  readonly id: number
  /** Unix ms, 0 = no tick yet. */
  readonly firstAt: number
  /** Unix ms, a multiple of the window: every earlier sample is in chunks, every later one in `head`. */
  readonly sealedTo: number
  /** Values in chunks. */
  readonly samples: number
  /** Undefined: never described. */
  readonly info: MemberInfo | undefined
}

export interface StoredSeries {
  readonly id: number
  readonly source: SourceId
  readonly labels: Labels
  readonly kind: Kind
  /** Empty for what is no histogram. */
  readonly bounds: readonly number[]
  /** First of its places in the head row. */
  readonly place: number
  /** The UTC day, since 1970, of its newest sample that is sealed; before that, of its first sample. */
  readonly lastDay: number
}

/** A histogram takes one place per bucket, the last is +Inf, and one for the sum. */
export const placesOf = ({ kind, bounds }: Pick<StoredSeries, 'kind' | 'bounds'>): number =>
  kind === 'histogram' ? bounds.length + 2 : 1

/** Order-free identity of labels. JSON escapes what SQLite's texts would not give back: NUL and lone surrogates. */
export function labelsText(labels: Labels): string {
  const entries = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
  return entries.length === 0 ? '' : JSON.stringify(Object.fromEntries(entries))
}

/** Undefined for what is no histogram. */
export const boundsText = (bounds: readonly number[] | undefined): string =>
  bounds === undefined ? '' : JSON.stringify(bounds)

/** Of the three texts that tell the series of a member apart. */
export const seriesKey = (source: string, labels: string, bounds: string): string =>
  `${source}\n${labels}\n${bounds}`

/** Series whose samples the delta rules read as one sequence: siblings, and the bounds that one label set had (metrics.md 3.3, 3.5). */
export function deltaGroup({ source, labels }: Pick<StoredSeries, 'source' | 'labels'>): string {
  const { absent }: SourceEntry = sourceOf(source)
  return absent === 'siblings' ? source : `${source} ${labelsText(labels)}`
}

export const memberChecksum = (id: number, { clusterId, memberId }: MemberRef): number =>
  rowChecksum(id, clusterId, memberId)

export interface SeriesTexts {
  readonly id: number
  readonly member: number
  readonly source: string
  readonly labels: string
  readonly kind: number
  readonly bounds: string
  readonly place: number
}

export const seriesChecksum = ({ id, member, source, labels, kind, bounds, place }: SeriesTexts): number =>
  rowChecksum(id, member, source, labels, kind, bounds, place)

const MEMBER_COLUMNS = 'id, cluster_id, member_id, first_at, sealed_to, samples, info, crc'

/** Reads by statements that are prepared once. A row whose checksum is wrong is told to `damaged` and left out. */
export function prepareMembers(db: DatabaseSync, damaged: (table: 'member') => void) {
  const all = db.prepare(`SELECT ${MEMBER_COLUMNS} FROM member ORDER BY id`)
  const one = db.prepare(`SELECT ${MEMBER_COLUMNS} FROM member WHERE cluster_id = ? AND member_id = ?`)
  return {
    all: (): readonly StoredMemberRow[] => all.all().flatMap((row) => toMember(row, damaged) ?? []),
    find({ clusterId, memberId }: MemberRef): StoredMemberRow | undefined {
      const row = one.get(clusterId, memberId)
      return row && toMember(row, damaged)
    },
  }
}

/** All of them, once. */
export const readMembers = (db: DatabaseSync, damaged: (table: 'member') => void) =>
  prepareMembers(db, damaged).all()

function toMember(
  row: Readonly<Record<string, SQLOutputValue>>,
  damaged: (table: 'member') => void,
): StoredMemberRow | undefined {
  const id = Number(row.id)
  const ref = { clusterId: String(row.cluster_id), memberId: String(row.member_id) }
  if (row.crc !== memberChecksum(id, ref)) {
    damaged('member')
    return undefined
  }
  return {
    id,
    ...ref,
    firstAt: Number(row.first_at),
    sealedTo: Number(row.sealed_to),
    samples: Number(row.samples),
    info: readInfo(String(row.info)),
  }
}

/** By place; without sources that this release does not know. Damage as with members. */
export function readSeries(
  db: DatabaseSync,
  member: number,
  damaged: (table: 'series') => void,
): readonly StoredSeries[] {
  const rows = db.prepare('SELECT * FROM series WHERE member = CAST(? AS INTEGER) ORDER BY place').all(member)
  return rows.flatMap((row) => {
    const texts = textsOf(row)
    if (row.crc !== seriesChecksum(texts)) {
      damaged('series')
      return []
    }
    const kind = kindOf(texts.kind)
    if (!kind || !findSource(texts.source)) return []
    return [
      {
        id: texts.id,
        source: texts.source as SourceId, // the catalogue has just found it
        labels: texts.labels === '' ? {} : (JSON.parse(texts.labels) as Labels), // as written: the checksum fits
        kind,
        bounds: texts.bounds === '' ? [] : (JSON.parse(texts.bounds) as number[]), // likewise
        place: texts.place,
        lastDay: Number(row.last_day),
      },
    ]
  })
}

const textsOf = (row: Readonly<Record<string, SQLOutputValue>>): SeriesTexts => ({
  id: Number(row.id),
  member: Number(row.member),
  source: String(row.source),
  labels: String(row.labels),
  kind: Number(row.kind),
  bounds: String(row.bounds),
  place: Number(row.place),
})

function kindOf(number: number): Kind | undefined {
  const kinds: readonly Kind[] = ['gauge', 'counter', 'histogram']
  return kinds.find((kind) => KINDS[kind] === number)
}

/** The checksum of a row leaves its description out: one that cannot be read is done without. */
function readInfo(text: string): MemberInfo | undefined {
  try {
    const info = JSON.parse(text) as MemberInfo // as written, `{}`, or damaged
    return typeof info.memberId === 'string' ? info : undefined // keys keep their order: texts are compared
  } catch {
    return undefined
  }
}
