import type { DatabaseSync } from 'node:sqlite'
import type { Breath } from '@etcdmonitor/core/breath'
import { openBlob, toDoubles } from './columns/metrics-blob.ts'
import type { DamageWatch } from './metrics-damage.ts'
import { atOf, firstHeadId } from './metrics-keys.ts'

/** One tick of one member. */
export interface HeadRow {
  readonly at: number
  /** By place, NaN = missing; places given out later lie beyond its end. Nothing when the row is damaged: then it is a tick without values. */
  values(): Float64Array
}

/** The rows of a member from the end of its sealed windows on, ascending. */
export interface HeadRows {
  /** `from <= at < to`, at most `limit`. */
  rows(member: number, from: number, to: number, limit?: number): readonly HeadRow[]
}

/**
 * Rows of the member ?3 from ?1 to ?2, ascending: the instants are found by jumping from one to the next, and the row of the member there. A
 * walk would pass over the rows of all members: 50 times as many pages in a file of 50.
 */
export const selectHead = (columns: string): string => `WITH RECURSIVE tick (id) AS (
    SELECT min(id) FROM head WHERE id >= ?1 AND id < ?2
    UNION ALL
    SELECT (SELECT min(id) FROM head WHERE id > tick.id | 8191 AND id < ?2) FROM tick WHERE tick.id IS NOT NULL)
  SELECT ${columns} FROM tick CROSS JOIN head ON head.id = tick.id & ~8191 | ?3`

const NOTHING = new Float64Array(0)

export function openHeadRows(db: DatabaseSync, damage: DamageWatch): HeadRows {
  // Ids are bound as bigint: node:sqlite binds every number as REAL.
  const select = db.prepare(`${selectHead('head.id, head.v')} LIMIT ?4`)
  return {
    rows: (member, from, to, limit = -1) =>
      select
        .all(BigInt(firstHeadId(from)), BigInt(firstHeadId(to)), BigInt(member), BigInt(limit))
        .map((row) => toHeadRow(Number(row.id), row.v as Uint8Array, damage)), // a BLOB column of a STRICT table
  }
}

/** Decoded when it is looked at, and then once. */
function toHeadRow(id: number, blob: Uint8Array, damage: DamageWatch): HeadRow {
  let values: Float64Array | undefined
  const decode = () => {
    const body = openBlob('head', id, blob)
    const doubles = body && toDoubles(body)
    if (!doubles) damage.found('head')
    return doubles ?? NOTHING
  }
  return {
    at: atOf(id),
    values: () => (values ??= decode()),
  }
}

const MAX_BYTES = 134_217_728
/** Of a row beside its values. */
const OVERHEAD = 200
/** Rows that are read and decoded without a breath. */
const PIECE = 500

/** `from <= at < to` */
interface Span {
  readonly from: number
  readonly to: number
}

export interface KeptHeadRows extends HeadRows {
  /** Takes in what is not kept yet, piece by piece: at an interval of 1 s a first look at a member would block for long. */
  warm(member: number, span: Span, breathe: Breath): Promise<void>
  /** All from `from` on without a look at the file; undefined: not all up to `newestAt` is kept. */
  kept(member: number, from: number, newestAt: number): readonly HeadRow[] | undefined
  clear(): void
}

/**
 * The same rows, kept: what was read is not read again while rows are only added behind it. At most 128 MiB of members that were asked
 * for last; what does not fit is read again.
 */
export function keepHeadRows(db: DatabaseSync, head: HeadRows): KeptHeadRows {
  const newest = db.prepare('SELECT at FROM newest WHERE member = CAST(? AS INTEGER)')
  const kept = new Map<number, readonly HeadRow[]>() // the last asked for at the end
  let bytes = 0

  const forget = (member: number) => {
    bytes -= sizeOf(kept.get(member) ?? [])
    kept.delete(member)
  }
  const keep = (member: number, rows: readonly HeadRow[]) => {
    forget(member)
    kept.set(member, rows)
    bytes += sizeOf(rows)
    for (const oldest of kept.keys()) {
      if (bytes <= MAX_BYTES) return
      forget(oldest)
    }
  }
  const keptFrom = (member: number, from: number): readonly HeadRow[] => {
    const rows = kept.get(member) ?? []
    return (rows[0]?.at ?? from) < from ? rows.filter(({ at }) => at >= from) : rows
  }
  /** The first instant from `from` on that is not kept; undefined: nothing lies there. */
  const nextOf = (member: number, rows: readonly HeadRow[], { from, to }: Span): number | undefined => {
    const next = Math.max(from, (rows.at(-1)?.at ?? from - 1) + 1)
    return next < to && next <= Number(newest.get(member)?.at ?? 0) ? next : undefined
  }
  return {
    rows(member, from, to) {
      const before = keptFrom(member, from)
      const next = nextOf(member, before, { from, to })
      const rows = next === undefined ? before : [...before, ...head.rows(member, next, to)]
      keep(member, rows)
      return (rows.at(-1)?.at ?? 0) < to ? rows : rows.filter(({ at }) => at < to)
    },
    async warm(member, { from, to }, breathe) {
      for (let isDone = false; !isDone; ) {
        const before = keptFrom(member, from)
        const next = nextOf(member, before, { from, to })
        if (next === undefined) return
        const piece = head.rows(member, next, to, PIECE)
        for (const row of piece) row.values()
        keep(member, [...before, ...piece])
        isDone = piece.length < PIECE || !kept.has(member) // else there are too many to be kept
        await breathe()
      }
    },
    kept(member, from, newestAt) {
      const rows = keptFrom(member, from)
      if (newestAt >= from && (rows.at(-1)?.at ?? 0) < newestAt) return undefined
      keep(member, rows)
      return rows
    },
    clear() {
      kept.clear()
      bytes = 0
    },
  }
}

/** Rows of a member are of one size, more or less. Who reads them keeps their values a second time, by column. */
const sizeOf = (rows: readonly HeadRow[]): number =>
  rows.length * (OVERHEAD + 16 * (rows.at(-1)?.values().length ?? 0))
