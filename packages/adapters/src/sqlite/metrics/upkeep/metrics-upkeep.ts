import type { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { createBreath } from '@etcdmonitor/core/breath'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { Clock } from '@etcdmonitor/core/time'
import type { Room } from '../disk-room.ts'
import { keepHeadRows, openHeadRows } from '../head-rows.ts'
import type { MemberRows } from '../member-rows.ts'
import type { DamageWatch } from '../metrics-damage.ts'
import { refuseDamaged } from '../metrics-errors.ts'
import { WINDOW } from '../metrics-keys.ts'
import { readSeries } from '../metrics-series.ts'
import { openSampleTables } from '../reading/member-read.ts'
import { readNumber } from '../sqlite-number.ts'
import { aheadFrom, prepareDropAhead } from './drop-ahead.ts'
import { prepareRetention } from './retention.ts'
import { prepareFindSealable } from './seal-next.ts'
import { prepareSeal } from './seal-window.ts'
import { prepareStoreSealed } from './store-sealed.ts'
import { prepareSweepHead } from './sweep-head.ts'

/** ms for which the clock must have stood steady before anything is believed of it. */
const STEADY = 600_000
const MANY_PAGES = 4_096

export interface UpkeepDeps {
  readonly db: DatabaseSync
  readonly members: MemberRows
  readonly clock: Pick<Clock, 'monotonic' | 'turn'>
  readonly damage: DamageWatch
  readonly log: Log
  readonly retentionDays: number
  readonly room: () => Room
  /** Runs `work` in a transaction: all of it or nothing. */
  readonly transact: <T>(work: () => T) => T
}

/** The housekeeping of the file, piece by piece: `true` when there was something to do (storage.md 5.9). */
export function createUpkeep(deps: UpkeepDeps) {
  const { db, members, clock, damage, log, retentionDays, room, transact } = deps
  const kept = keepHeadRows(db, openHeadRows(db, damage))
  const tables = openSampleTables({ db, head: kept, damage })
  const findSealable = prepareFindSealable(db)
  const storeSealed = prepareStoreSealed(db)
  const sweepHead = prepareSweepHead(db)
  const retention = prepareRetention(db, retentionDays)
  const dropAhead = prepareDropAhead(db)
  let ahead: ReturnType<typeof dropAhead> = 'none'

  async function seal(now: number): Promise<boolean> {
    const found = findSealable(now)
    if (!found) return false
    const { member, window } = found
    // A late tick must not come into a window that is being sealed.
    members.rowOf(member.clusterId, member.memberId)?.sealed((window + 1) * WINDOW)
    const series = readSeries(db, member.id, refuseDamaged)
    const breathe = createBreath(clock)
    try {
      await kept.warm(member.id, { from: member.sealedTo, to: (window + 1) * WINDOW }, breathe)
      const rows = await prepareSeal({ ...found, tables, series, breathe })
      return transact(() => storeSealed(rows))
    } finally {
      kept.clear() // read once
    }
  }

  /** Log and free pages go back to the disk; when there are none, a day of samples goes. */
  function makeRoom(): boolean {
    const free = readNumber(db, 'PRAGMA freelist_count')
    if (free > 0) db.exec('PRAGMA incremental_vacuum(256)')
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    if (free > 0 || room() === 'enough') return true
    const from = transact(() => retention.giveUpDay())
    if (from !== undefined) log.warn('store_pruned', { from: new Date(from).toISOString() })
    return from !== undefined
  }

  /** Pages that nothing will fill again soon go back to the disk. */
  function vacuum(): boolean {
    const free = readNumber(db, 'PRAGMA freelist_count')
    if (free < MANY_PAGES || free < readNumber(db, 'PRAGMA page_count') / 4) return false
    db.exec('PRAGMA incremental_vacuum(256)')
    return true
  }

  /** What a wrong clock left behind holds every tick until its time comes. */
  function dropWrong(now: number): boolean {
    const outcome = transact(() => dropAhead(aheadFrom(now)))
    if (outcome === 'dropped') members.forget()
    const told = { dropped: 'store_ahead_dropped', kept: 'store_ahead_kept', none: '' }[outcome]
    if (outcome !== ahead && told !== '') log.warn(told, { from: new Date(aheadFrom(now)).toISOString() })
    ahead = outcome
    return outcome === 'dropped'
  }

  return async ({ now, steady }: { readonly now: number; readonly steady: number }): Promise<boolean> => {
    await setImmediate() // pieces follow each other at once: what waits comes in between
    const isSteady = steady >= STEADY
    if (isSteady && dropWrong(now)) return true
    if (isSteady && room() !== 'full' && (await seal(now))) return true
    if (transact(sweepHead) > 0) return true
    const isRemoved = transact(() => retention.removeOld({ now, steady }))
    if (isRemoved) members.forget() // series may have gone
    return isRemoved || (room() === 'enough' ? vacuum() : makeRoom())
  }
}
