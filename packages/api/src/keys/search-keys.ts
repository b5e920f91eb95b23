import type { KeyEntry } from '@etcdmonitor/core/keys/key-entry'
import type { KeyBatch } from '@etcdmonitor/core/ports/etcd-keys'
import { MAX_POSITION } from './collect-page.ts'

const MAX_SCANNED = 100_000
const MAX_VALUES = 16_777_216
const MAX_TIME = 2_000

export interface Search {
  readonly scan: AsyncIterable<KeyBatch>
  readonly matches: (entry: KeyEntry) => boolean
  readonly limit: number
  /** Milliseconds since the search began. */
  readonly elapsed: () => number
}

export interface Found {
  /** Without values. */
  readonly items: readonly KeyEntry[]
  /** Keys that were looked at. */
  readonly scanned: number
  readonly lastKey?: Uint8Array
  /** False: there are keys that were not looked at. */
  readonly isComplete: boolean
}

/** Looks at keys until `limit` hits, 100,000 keys, 16 MiB of values or 2 s; no search stops at a key too long for a cursor. */
export async function searchKeys({ scan, matches, limit, elapsed }: Search): Promise<Found> {
  const items: KeyEntry[] = []
  let scanned = 0
  let size = 0
  let lastKey: Uint8Array | undefined
  for await (const { entries, more } of scan) {
    const isLate = elapsed() >= MAX_TIME
    const isOver = () => {
      const isFull = items.length >= limit || scanned >= MAX_SCANNED || size >= MAX_VALUES || isLate
      return isFull && lastKey !== undefined && lastKey.length <= MAX_POSITION
    }
    for (const entry of entries) {
      if (isOver() && lastKey) return { items, scanned, lastKey, isComplete: false }
      scanned += 1
      size += entry.value?.length ?? 0
      lastKey = entry.key
      if (!matches(entry)) continue
      const { value: _, ...item } = entry
      items.push(item)
    }
    // not asked for the next batch only to learn that there is one
    if (more && isOver() && lastKey) return { items, scanned, lastKey, isComplete: false }
  }
  return { items, scanned, isComplete: true, ...(lastKey && { lastKey }) }
}
