import type { DatabaseSync } from 'node:sqlite'
import { firstHeadId } from './metrics-keys.ts'

const PIECE = 500

/**
 * Gives a function that deletes up to 500 head rows of ticks that are sealed, inside a transaction, and says how many went. Readers pass
 * over them: a seal that deleted thousands of them itself would stop the process for too long.
 */
export function prepareSweepHead(db: DatabaseSync): () => number {
  const members = db.prepare('SELECT id, sealed_to FROM member WHERE sealed_to > 0 ORDER BY id')
  const sweep = db.prepare(
    'DELETE FROM head WHERE id IN (SELECT id FROM head WHERE id < ? AND id & 8191 = ? ORDER BY id LIMIT ?)',
  )
  return () => {
    let left = PIECE
    for (const { id, sealed_to: sealedTo } of members.all()) {
      const { changes } = sweep.run(BigInt(firstHeadId(Number(sealedTo))), BigInt(Number(id)), BigInt(left))
      left -= Number(changes)
      if (left === 0) break
    }
    return PIECE - left
  }
}
