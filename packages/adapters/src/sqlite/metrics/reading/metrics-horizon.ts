import type { DatabaseSync } from 'node:sqlite'
import { DAY, WINDOW } from '../metrics-keys.ts'
import type { StoredMemberRow } from '../metrics-series.ts'

/** Windows more than the horizon tells stay, for the look-back of its first deltas (storage.md 5.9). */
export const LOOK_BACK_WINDOWS = 2

/** The first window, and the first day of rollups, that were not removed; undefined: none was. */
export interface Pruned {
  readonly to?: number
  readonly day?: number
}

export function prepareReadPruned(db: DatabaseSync): () => Pruned {
  const select = db.prepare("SELECT key, value FROM meta WHERE key IN ('pruned_to', 'pruned_day')")
  return () => {
    const found = new Map(select.all().map(({ key, value }) => [key, Number(value)]))
    const [to, day] = [found.get('pruned_to'), found.get('pruned_day')]
    return { ...(to !== undefined && { to }), ...(day !== undefined && { day }) }
  }
}

/** Instants from which on ticks, and rollups, answer exactly; undefined while nothing is stored. */
export function toHorizon(pruned: Pruned, members: readonly StoredMemberRow[]) {
  const firsts = members.map(({ firstAt }) => firstAt).filter(Boolean)
  if (firsts.length === 0) return undefined
  const first = Math.min(...firsts)
  const { to = Number.NEGATIVE_INFINITY, day = Number.NEGATIVE_INFINITY } = pruned
  return { ticks: Math.max(first, (to + LOOK_BACK_WINDOWS) * WINDOW), rollups: Math.max(first, day * DAY) }
}
