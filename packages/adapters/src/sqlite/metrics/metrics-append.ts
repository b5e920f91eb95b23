import type { DatabaseSync } from 'node:sqlite'
import type { MemberTick, TickBatch } from '@etcdmonitor/core/metrics/sample'
import { countValues } from '@etcdmonitor/core/metrics/scrape/member-tick'
import type { AppendResult } from '@etcdmonitor/core/ports/metrics-store'
import { fromDoubles, sealBlob } from './columns/metrics-blob.ts'
import { encodeRow } from './head-row.ts'
import type { MemberRow, MemberRows } from './member-rows.ts'
import { hasKey, headId } from './metrics-keys.ts'

/** Gives a function that stores one tick inside the transaction that is open (storage.md 5.5). */
export function prepareAppend(db: DatabaseSync, members: MemberRows): (batch: TickBatch) => AppendResult {
  const insert = db.prepare('INSERT INTO head VALUES (?, ?)') // never OR REPLACE: a tick that is there must not change

  return ({ clusterId, at, members: ticks }) => {
    const result = { stored: 0, held: [] as string[], dropped: { not_finite: 0, series_limit: 0 } }
    for (const tick of ticks) {
      const row = hasKey(at) ? members.rowOf(clusterId, tick.memberId) : 'held' // else the clock is not set
      if (row === 'held' || (row && at <= row.newestAt)) result.held.push(tick.memberId)
      else if (!row) result.dropped.series_limit += countValues(tick)
      else {
        const encoded = insertRow(row, tick, at)
        result.stored += encoded.stored
        result.dropped.not_finite += encoded.notFinite
        result.dropped.series_limit += encoded.beyondLimit
      }
    }
    return result
  }

  function insertRow(row: MemberRow, tick: MemberTick, at: number) {
    const encoded = encodeRow(tick, at, row.places)
    const id = headId(at, row.id)
    insert.run(id, sealBlob('head', id, fromDoubles(encoded.values)))
    row.stored(at, isUp(tick))
    return encoded
  }
}

const isUp = ({ scalars }: MemberTick): boolean =>
  scalars.some(({ source, value }) => source === 'collector_up' && value === 1)
