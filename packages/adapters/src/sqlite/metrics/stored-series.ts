import type { DatabaseSync } from 'node:sqlite'
import type { MemberRef } from '@etcdmonitor/core/ports/metrics-store'
import type { DamageWatch } from './metrics-damage.ts'
import { readMembers, readSeries, type StoredMemberRow, type StoredSeries } from './metrics-series.ts'

/** What is known of members and series. Ask inside a read transaction where it must fit the head rows. */
export interface StoredSeriesCache {
  members(): readonly StoredMemberRow[]
  find(member: MemberRef): StoredMemberRow | undefined
  /** By place; kept while `meta.series_rev` stands. */
  of(memberRow: number): readonly StoredSeries[]
}

export function openStoredSeries(db: DatabaseSync, damage: DamageWatch): StoredSeriesCache {
  const revision = db.prepare("SELECT value FROM meta WHERE key = 'series_rev'")
  const kept = new Map<number, readonly StoredSeries[]>()
  let keptRevision = ''
  const members = () => readMembers(db, damage.found)
  return {
    members,
    find: ({ clusterId, memberId }) =>
      members().find((row) => row.clusterId === clusterId && row.memberId === memberId),
    of(memberRow) {
      const now = String(revision.get()?.value)
      if (now !== keptRevision) kept.clear()
      keptRevision = now
      const series = kept.get(memberRow) ?? readSeries(db, memberRow, damage.found)
      kept.set(memberRow, series)
      return series
    },
  }
}
