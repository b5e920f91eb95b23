import { AppError } from '@etcdmonitor/core/errors'
import type { KeyEntry } from '@etcdmonitor/core/keys/key-entry'
import type { KeyBatch } from '@etcdmonitor/core/ports/etcd-keys'

/** A cursor must fit into a URL: no page ends at a longer key. */
export const MAX_POSITION = 2_000
const MAX_BEYOND = 100
const MAX_VALUES = 16_777_216

export interface CollectedPage {
  readonly entries: readonly KeyEntry[]
  /** The first key that did not fit. */
  readonly next?: Uint8Array
}

/** Keys of a scan up to `limit`, or to 16 MiB of values; at least one. @throws AppError `result_too_large` */
export async function collectPage(scan: AsyncIterable<KeyBatch>, limit: number): Promise<CollectedPage> {
  const entries: KeyEntry[] = []
  let size = 0
  for await (const batch of scan) {
    for (const entry of batch.entries) {
      const isFull = entries.length >= limit || size >= MAX_VALUES
      if (isFull && entry.key.length <= MAX_POSITION) return { entries, next: entry.key }
      if (entries.length >= limit + MAX_BEYOND)
        throw new AppError('result_too_large', 'too many very long keys: narrow the path')
      entries.push(entry)
      size += entry.value?.length ?? 0
    }
  }
  return { entries }
}
