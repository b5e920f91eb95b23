import type { DatabaseSync } from 'node:sqlite'
import { LOOK_BACK } from '@etcdmonitor/core/ports/metrics-store'
import type { DamageWatch } from '../metrics-damage.ts'
import { chunkId, windowId, windowOf } from '../metrics-keys.ts'
import type { StoredMemberRow, StoredSeries } from '../metrics-series.ts'
import { type SealedWindow, type Stretch, sealedStretch } from './stretch.ts'
import type { WindowsCache } from './windows-cache.ts'

export interface SealedWindowAsk {
  readonly member: StoredMemberRow
  readonly series: readonly StoredSeries[]
  readonly window: number
}

export interface SealedWindows {
  /** What is kept of it; undefined: not all of `series`. Outside of transactions. */
  kept(ask: SealedWindowAsk): Stretch | undefined
  /** Inside a transaction: what is not kept yet. Undefined: nothing is sealed there. */
  read(ask: SealedWindowAsk): SealedWindow | undefined
  /** What was read just now, with what is kept. Undefined: it is damaged. */
  unseal(read: SealedWindow, ask: SealedWindowAsk): Stretch | undefined
}

export interface SealedWindowsDeps {
  readonly db: DatabaseSync
  readonly damage: DamageWatch
  readonly cache?: WindowsCache
}

/** Chunks by window. Those before the head of a member are kept: each view that ends now looks there for what the first deltas rest on. */
export function openSealedWindows({ db, damage, cache }: SealedWindowsDeps): SealedWindows {
  // Ids are bound as bigint: node:sqlite binds every number as REAL.
  const ticks = db.prepare('SELECT ts FROM win WHERE id = ?')
  const chunk = db.prepare('SELECT v FROM chunk WHERE id = ?')
  const idOf = ({ member, window }: SealedWindowAsk) => windowId(window, member.id)
  const cacheFor = ({ member, window }: SealedWindowAsk) =>
    window >= windowOf(member.sealedTo - LOOK_BACK) ? cache : undefined
  return {
    kept(ask) {
      const kept = cacheFor(ask)?.get(idOf(ask))
      return kept && ask.series.every(({ id }) => kept.series.has(id)) ? kept.stretch : undefined
    },
    read(ask) {
      const { member, series, window } = ask
      const row = ticks.get(BigInt(idOf(ask)))
      if (!row) return undefined
      const kept = cacheFor(ask)?.get(idOf(ask))
      const chunks = new Map<number, Uint8Array>()
      for (const { id } of series) {
        const blob = kept?.series.has(id) ? undefined : chunk.get(BigInt(chunkId(window, id)))?.v
        if (blob) chunks.set(id, blob as Uint8Array) // a BLOB column
      }
      return { window, member: member.id, ts: row.ts as Uint8Array, chunks } // a BLOB column
    },
    unseal(read, ask) {
      const stretch = sealedStretch(read, damage)
      const { chunks } = read
      return stretch && (cacheFor(ask)?.add(idOf(ask), { stretch, chunks }, ask.series).stretch ?? stretch)
    },
  }
}
