import type { DatabaseSync } from 'node:sqlite'
import type { MemberRef } from '@etcdmonitor/core/ports/metrics-store'
import type { DamageWatch } from '../metrics-damage.ts'
import { prepareMembers, readSeries, type StoredMemberRow, type StoredSeries } from '../metrics-series.ts'

/** What is known of members and series. Ask inside the transaction that reads the samples. */
export interface StoredSeriesCache {
  members(): readonly StoredMemberRow[]
  find(member: MemberRef): StoredMemberRow | undefined
  /** `meta.series_rev`. */
  revision(): string
  /** By place; kept while the revision stands. */
  of(memberRow: number): readonly StoredSeries[]
  /** What is kept of a revision, without a look at the file. */
  kept(memberRow: number, revision: string): readonly StoredSeries[] | undefined
}

/** Of all members. */
const MAX_KEPT = 10_000

export function openStoredSeries(db: DatabaseSync, damage: DamageWatch): StoredSeriesCache {
  const select = db.prepare("SELECT value FROM meta WHERE key = 'series_rev'")
  const revision = () => String(select.get()?.value)
  const members = prepareMembers(db, damage.found)
  const kept = new Map<number, readonly StoredSeries[]>()
  let keptRevision = ''
  let count = 0
  const forget = () => {
    kept.clear()
    count = 0
  }
  return {
    members: members.all,
    find: members.find,
    revision,
    kept: (memberRow, of) => (of === keptRevision ? kept.get(memberRow) : undefined),
    of(memberRow) {
      const now = revision()
      if (now !== keptRevision || count > MAX_KEPT) forget()
      keptRevision = now
      const known = kept.get(memberRow)
      if (known) return known
      const series = readSeries(db, memberRow, damage.found)
      kept.set(memberRow, series)
      count += series.length
      return series
    },
  }
}
