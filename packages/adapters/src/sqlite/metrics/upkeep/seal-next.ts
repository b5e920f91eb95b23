import type { DatabaseSync } from 'node:sqlite'
import { refuseDamaged } from '../metrics-errors.ts'
import { atOf, firstHeadId, WINDOW, windowOf } from '../metrics-keys.ts'
import { readMembers, type StoredMemberRow } from '../metrics-series.ts'

/** A window without a later tick of its member is sealed this long after its end, ms. */
const LATEST = 60_000

export interface SealableWindow {
  readonly member: StoredMemberRow
  readonly window: number
}

/** Gives a function that finds a window that cannot change any more, the oldest of its member that has ticks (storage.md 5.6). */
export function prepareFindSealable(db: DatabaseSync): (now: number) => SealableWindow | undefined {
  const newestOf = db.prepare('SELECT at FROM newest WHERE member = CAST(? AS INTEGER)')
  const firstRow = db.prepare('SELECT id FROM head WHERE id >= ? AND id & 8191 = ? ORDER BY id LIMIT 1')

  return (now) => {
    for (const member of readMembers(db, refuseDamaged)) {
      const newestAt = Number(newestOf.get(member.id)?.at ?? 0)
      if (newestAt < member.sealedTo || newestAt === 0) continue // no rows: the search would pass over the whole head
      const row = firstRow.get(BigInt(firstHeadId(member.sealedTo)), BigInt(member.id))
      const window = windowOf(row ? atOf(Number(row.id)) : newestAt)
      const end = (window + 1) * WINDOW
      if (row && (newestAt >= end || now >= end + LATEST)) return { member, window }
    }
    return undefined
  }
}
