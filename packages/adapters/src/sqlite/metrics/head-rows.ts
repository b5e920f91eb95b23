import type { DatabaseSync } from 'node:sqlite'
import { openBlob, toDoubles } from './metrics-blob.ts'
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
  /** `from <= at < to` */
  rows(member: number, from: number, to: number): readonly HeadRow[]
}

const NOTHING = new Float64Array(0)

export function openHeadRows(db: DatabaseSync, damage: DamageWatch): HeadRows {
  // Ids are bound as bigint: node:sqlite binds every number as REAL.
  const select = db.prepare('SELECT id, v FROM head WHERE id >= ? AND id < ? AND id & 8191 = ? ORDER BY id')
  return {
    rows: (member, from, to) =>
      select
        .all(BigInt(firstHeadId(from)), BigInt(firstHeadId(to)), BigInt(member))
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

/**
 * The same rows, kept: what was read is not read again while rows are only added behind it. At most 128 MiB of members that were asked
 * for last; what does not fit is read again.
 */
export function keepHeadRows(db: DatabaseSync, head: HeadRows): HeadRows & { clear(): void } {
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
  const all = (member: number, from: number): readonly HeadRow[] => {
    const before = kept.get(member) ?? []
    const rows = (before[0]?.at ?? from) < from ? before.filter(({ at }) => at >= from) : before
    const last = rows.at(-1)
    const newestAt = Number(newest.get(member)?.at ?? 0)
    if (last ? newestAt <= last.at : newestAt < from) return rows
    return [...rows, ...head.rows(member, last ? last.at + 1 : from, Number.MAX_SAFE_INTEGER)]
  }
  return {
    rows(member, from, to) {
      const rows = all(member, from)
      keep(member, rows)
      return (rows.at(-1)?.at ?? 0) < to ? rows : rows.filter(({ at }) => at < to)
    },
    clear() {
      kept.clear()
      bytes = 0
    },
  }
}

/** Rows of a member are of one size, more or less. */
const sizeOf = (rows: readonly HeadRow[]): number =>
  rows.length * (OVERHEAD + 8 * (rows.at(-1)?.values().length ?? 0))
