import { placesOf, type StoredSeries } from '../metrics-series.ts'
import type { Stretch } from './stretch.ts'

/** What is kept of a sealed window. `chunks` are those from which `stretch` decodes, and grow. */
export interface KeptWindow {
  readonly stretch: Stretch
  readonly chunks: Map<number, Uint8Array>
  /** Ids of the series that were looked for. */
  readonly series: ReadonlySet<number>
}

/** By `windowId`, at most 32 MiB of the windows that were asked for last, counted as if all of them were decoded. */
export interface WindowsCache {
  get(id: number): KeptWindow | undefined
  /** Takes in what `read` has of `series`, and gives the whole. */
  add(id: number, read: Pick<KeptWindow, 'stretch' | 'chunks'>, series: readonly StoredSeries[]): KeptWindow
  clear(): void
}

const MAX_BYTES = 33_554_432
/** Of a series beside its values. */
const OVERHEAD = 200

interface Entry extends KeptWindow {
  readonly series: Set<number>
  bytes: number
}

export function createWindowsCache(): WindowsCache {
  const kept = new Map<number, Entry>() // the last asked for at the end
  let bytes = 0
  const touch = (id: number, entry: Entry) => {
    kept.delete(id)
    kept.set(id, entry)
    return entry
  }
  return {
    get(id) {
      const entry = kept.get(id)
      return entry && touch(id, entry)
    },
    add(id, { stretch, chunks }, series) {
      const entry = touch(id, kept.get(id) ?? { stretch, chunks, series: new Set(), bytes: 0 })
      for (const one of series) {
        if (entry.series.has(one.id)) continue
        entry.series.add(one.id)
        const blob = chunks.get(one.id)
        if (blob) entry.chunks.set(one.id, blob)
        const size = OVERHEAD + (blob ? blob.length + 8 * placesOf(one) * stretch.times.length : 0)
        entry.bytes += size
        bytes += size
      }
      for (const [oldest, { bytes: size }] of kept) {
        if (bytes <= MAX_BYTES) break
        kept.delete(oldest)
        bytes -= size
      }
      return entry
    },
    clear() {
      kept.clear()
      bytes = 0
    },
  }
}
