import type { DatabaseSync } from 'node:sqlite'
import { openBlob, toDoubles } from './metrics-blob.ts'
import type { DamageWatch } from './metrics-damage.ts'
import { atOf, firstHeadId, memberOf } from './metrics-keys.ts'

/** One tick of one member: values by place, NaN = missing; places given out later lie beyond its end. */
export interface HeadRow {
  readonly at: number
  readonly member: number
  readonly values: Float64Array
}

const NOTHING = new Float64Array(0)

/**
 * Rows in pieces, each a short read of its own: in this version a head row is only ever added, so pieces fit together without one long
 * transaction, which would keep the writer's log from being cut. A damaged row is a tick without values: left out, a piece of such rows
 * would look like the end of the data.
 */
export interface HeadRows {
  /** Ascending, `from <= at < to`, at most `limit`. */
  forward(member: number, from: number, to: number, limit: number): readonly HeadRow[]
  /** Descending, `from <= at < to`, at most `limit`. */
  backward(member: number, from: number, to: number, limit: number): readonly HeadRow[]
  /** Of all members, ascending from `from` on, at most `limit`. */
  since(from: number, limit: number): readonly HeadRow[]
}

export function openHeadRows(db: DatabaseSync, damage: DamageWatch): HeadRows {
  // Ids are bound as bigint: node:sqlite binds every number as REAL.
  const ofMember = 'SELECT id, v FROM head WHERE id >= ? AND id < ? AND id & 8191 = ?'
  const ascending = db.prepare(`${ofMember} ORDER BY id LIMIT ?`)
  const descending = db.prepare(`${ofMember} ORDER BY id DESC LIMIT ?`)
  const all = db.prepare('SELECT id, v FROM head WHERE id >= ? ORDER BY id LIMIT ?')

  const decode = (rows: readonly Record<string, unknown>[]): HeadRow[] =>
    rows.map((row) => {
      const id = Number(row.id)
      const body = openBlob('head', id, row.v as Uint8Array) // a BLOB column of a STRICT table
      const values = body && toDoubles(body)
      if (!values) damage.found('head')
      return { at: atOf(id), member: memberOf(id), values: values ?? NOTHING }
    })
  const keys = (from: number, to: number) => [BigInt(firstHeadId(from)), BigInt(firstHeadId(to))] as const

  return {
    forward: (member, from, to, limit) =>
      decode(ascending.all(...keys(from, to), BigInt(member), BigInt(limit))),
    backward: (member, from, to, limit) =>
      decode(descending.all(...keys(from, to), BigInt(member), BigInt(limit))),
    since: (from, limit) => decode(all.all(BigInt(firstHeadId(from)), BigInt(limit))),
  }
}
