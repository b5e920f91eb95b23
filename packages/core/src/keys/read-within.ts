import type { KeyEntry, KeyRange } from './key-entry.ts'
import { intersect } from './key-range.ts'
import type { ReadKeys } from './read-keys.ts'

/**
 * Reads of a range what lies in the granted ones, piece by piece in byte order, as if nothing else were there; counts are of that
 * (etcd.md 8.8).
 */
export function readWithin(grants: readonly KeyRange[], read: ReadKeys): ReadKeys {
  return async (range, limit) => {
    const entries: KeyEntry[] = []
    let count = 0
    let isCut = false
    for (const piece of grants.flatMap((grant) => intersect(range, grant) ?? [])) {
      const page = await read(piece, isCut ? 0 : limit - entries.length)
      entries.push(...page.entries)
      count += page.count
      isCut ||= page.more
    }
    return { entries, count, more: entries.length < count }
  }
}
