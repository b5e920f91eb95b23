import type { DatabaseSync } from 'node:sqlite'
import { firstHeadId, memberOf } from '../metrics-keys.ts'

const PIECE = 500

/**
 * Gives a function that deletes up to 500 head rows of ticks that are sealed, inside a transaction, and says how many went. Readers pass
 * over them: a seal that deleted thousands of them itself would stop the process for too long.
 */
export function prepareSweepHead(db: DatabaseSync): () => number {
  const members = db.prepare('SELECT id, sealed_to FROM member WHERE sealed_to > 0')
  const head = db.prepare('SELECT id FROM head WHERE id < ? ORDER BY id')
  const remove = db.prepare('DELETE FROM head WHERE id = ?')
  return () => {
    const borders = new Map(
      members.all().map(({ id, sealed_to: at }) => [Number(id), firstHeadId(Number(at))]),
    )
    const last = Math.max(0, ...borders.values())
    const sealed: bigint[] = []
    for (const row of head.iterate(BigInt(last))) {
      const id = Number(row.id)
      if (id < (borders.get(memberOf(id)) ?? 0)) sealed.push(BigInt(id))
      if (sealed.length === PIECE) break
    }
    for (const id of sealed) remove.run(id)
    return sealed.length
  }
}
