import type { DatabaseSync } from 'node:sqlite'
import type { MemberInfo, MemberRef } from '@etcdmonitor/core/ports/metrics-store'
import { refuseDamaged } from './metrics-errors.ts'
import { atOf, MAX_MEMBER, WINDOW, windowOf } from './metrics-keys.ts'
import { memberChecksum, readMembers, type StoredMemberRow } from './metrics-series.ts'
import { openSeriesPlaces, type SeriesPlaces } from './series-places.ts'

export interface MemberRow {
  readonly id: number
  /** Newest stored tick, Unix ms, or the instant before which all is sealed; 0 = none. */
  readonly newestAt: number
  readonly places: SeriesPlaces
  /** A tick at `at` was inserted; `isUp`: its scrape was good. */
  stored(at: number, isUp: boolean): void
  /** Nothing before `at` is taken any more. */
  sealed(at: number): void
}

/** The writer's view of `member`; everything is read again after `forget`, since a transaction was rolled back. */
export interface MemberRows {
  /** Makes the row when it is missing, inside the open transaction. Undefined: no more members fit into this file. */
  rowOf(clusterId: string, memberId: string): MemberRow | undefined
  isNews(clusterId: string, info: MemberInfo): boolean
  describe(clusterId: string, info: MemberInfo): void
  forget(): void
}

export function openMemberRows(db: DatabaseSync): MemberRows {
  const insert = db.prepare(
    'INSERT INTO member (cluster_id, member_id, first_at, crc) VALUES (?, ?, 0, 0) RETURNING id',
  )
  const seal = db.prepare('UPDATE member SET crc = CAST(? AS INTEGER) WHERE id = CAST(? AS INTEGER)')
  const begin = db.prepare(
    'UPDATE member SET first_at = CAST(? AS INTEGER), sealed_to = CAST(? AS INTEGER) WHERE id = CAST(? AS INTEGER)',
  )
  const setNewest =
    db.prepare(`INSERT INTO newest VALUES (CAST(? AS INTEGER), CAST(? AS INTEGER), CAST(? AS INTEGER))
    ON CONFLICT DO UPDATE SET at = excluded.at, ok_at = max(ok_at, excluded.ok_at)`)
  const setInfo = db.prepare('UPDATE member SET info = ? WHERE id = CAST(? AS INTEGER)')
  const newest = db.prepare(
    'SELECT id FROM head WHERE id & 8191 = CAST(? AS INTEGER) ORDER BY id DESC LIMIT 1',
  )
  const rows = new Map<string, MemberRow & { info: string }>()

  const open = ({
    id,
    info,
    firstAt,
    sealedTo,
  }: Omit<StoredMemberRow, keyof MemberRef | 'samples'>): MemberRow & { info: string } => {
    // Looked for when a tick comes: for a member that is gone, or has no tick, the search would pass over the whole file.
    let newestInHead = firstAt === 0 ? 0 : undefined
    let border = sealedTo
    const findNewest = () => {
      const head = newest.get(id)
      return head ? atOf(Number(head.id)) : 0
    }
    let places: SeriesPlaces | undefined
    return {
      id,
      info: info ? JSON.stringify(info) : '',
      get newestAt() {
        newestInHead ??= findNewest()
        return Math.max(newestInHead, border - 1)
      },
      get places() {
        places ??= openSeriesPlaces(db, id)
        return places
      },
      stored(at, isUp) {
        if (firstAt === 0 && newestInHead === 0) begin.run(at, windowOf(at) * WINDOW, id)
        setNewest.run(id, at, isUp ? at : 0)
        newestInHead = at
      },
      sealed(at) {
        border = Math.max(border, at)
      },
    }
  }
  const load = () => {
    for (const row of readMembers(db, refuseDamaged)) rows.set(keyOf(row.clusterId, row.memberId), open(row))
  }
  const rowOf = (clusterId: string, memberId: string) => {
    if (rows.size === 0) load()
    const known = rows.get(keyOf(clusterId, memberId))
    if (known) return known
    if (rows.size >= MAX_MEMBER) return undefined
    const id = Number(insert.get(clusterId, memberId)?.id)
    seal.run(memberChecksum(id, { clusterId, memberId }), id)
    const row = open({ id, info: undefined, firstAt: 0, sealedTo: 0 })
    rows.set(keyOf(clusterId, memberId), row)
    return row
  }

  return {
    rowOf,
    isNews(clusterId, info) {
      if (rows.size === 0) load()
      return rows.get(keyOf(clusterId, info.memberId))?.info !== JSON.stringify(info)
    },
    describe(clusterId, info) {
      const row = rowOf(clusterId, info.memberId)
      if (!row) return
      row.info = JSON.stringify(info)
      setInfo.run(row.info, row.id)
    },
    forget: () => rows.clear(),
  }
}

const keyOf = (clusterId: string, memberId: string) => `${clusterId}/${memberId}`
