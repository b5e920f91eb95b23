/** A serialised answer; the gzip form is added when a client first asks for it. */
export interface CachedAnswer {
  readonly body: Uint8Array<ArrayBuffer>
  readonly gzip?: Uint8Array<ArrayBuffer>
}

export interface ResultCache {
  get(key: string): CachedAnswer | undefined
  /** Replaces what is under the key. An answer that is larger than the whole cache is not kept. */
  set(key: string, answer: CachedAnswer): void
  /** Number of entries. */
  size(): number
}

/** What an entry costs beside its bytes. */
const OVERHEAD = 512

/** Bounded by bytes; the least recently used goes (api.md 5.3). */
export function createResultCache(maxBytes: number): ResultCache {
  const entries = new Map<string, CachedAnswer>() // in order of use
  let bytes = 0

  const drop = (key: string) => {
    const entry = entries.get(key)
    if (!entry) return
    entries.delete(key)
    bytes -= sizeOf(key, entry)
  }

  return {
    size: () => entries.size,
    get(key) {
      const entry = entries.get(key)
      if (!entry) return undefined
      entries.delete(key)
      entries.set(key, entry)
      return entry
    },
    set(key, answer) {
      drop(key)
      const size = sizeOf(key, answer)
      if (size > maxBytes) return
      entries.set(key, answer)
      bytes += size
      for (const oldest of entries.keys()) {
        if (bytes <= maxBytes) return
        drop(oldest)
      }
    },
  }
}

const sizeOf = (key: string, { body, gzip }: CachedAnswer): number =>
  key.length * 2 + body.byteLength + (gzip?.byteLength ?? 0) + OVERHEAD
