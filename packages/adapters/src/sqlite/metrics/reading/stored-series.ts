import type { DatabaseSync } from 'node:sqlite'
import type { MemberRef } from '@etcdmonitor/core/ports/metrics-store'
import type { DamageWatch } from '../metrics-damage.ts'
import { prepareMembers, readSeries, type StoredMemberRow, type StoredSeries } from '../metrics-series.ts'

/** What is known of members and series. Ask inside the transaction that reads the samples. */
export interface StoredSeriesCache {
  members(): readonly StoredMemberRow[]
  find(member: MemberRef): StoredMemberRow | undefined
  /** By place; kept while `meta.series_rev` stands. */
  of(memberRow: number): readonly StoredSeries[]
}

/** Of all members. */
const MAX_KEPT = 10_000

export function openStoredSeries(db: DatabaseSync, damage: DamageWatch): StoredSeriesCache {
  const revision = db.prepare("SELECT value FROM meta WHERE key = 'series_rev'")
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
    of(memberRow) {
      const now = String(revision.get()?.value)
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
