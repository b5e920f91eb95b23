import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '@etcdmonitor/core/time'
import { createBreath } from './breath.ts'
import { openHeadRows } from './head-rows.ts'
import { openSampleTables } from './member-read.ts'
import type { MemberRows } from './member-rows.ts'
import type { DamageWatch } from './metrics-damage.ts'
import { refuseDamaged } from './metrics-errors.ts'
import { WINDOW } from './metrics-keys.ts'
import { readSeries } from './metrics-series.ts'
import { prepareFindSealable } from './seal-next.ts'
import { prepareSeal } from './seal-window.ts'
import { prepareStoreSealed } from './store-sealed.ts'
import { prepareSweepHead } from './sweep-head.ts'

/** ms for which the clock must have stood steady before anything is believed of it. */
const STEADY = 600_000

export interface UpkeepDeps {
  readonly db: DatabaseSync
  readonly members: MemberRows
  readonly clock: Pick<Clock, 'monotonic'>
  readonly damage: DamageWatch
  /** Runs `work` in a transaction: all of it or nothing. */
  readonly transact: <T>(work: () => T) => T
}

/** The housekeeping of the file, piece by piece: `true` when there was something to do (storage.md 5.9). */
export function createUpkeep({ db, members, clock, damage, transact }: UpkeepDeps) {
  const tables = openSampleTables({ db, head: openHeadRows(db, damage), damage })
  const findSealable = prepareFindSealable(db)
  const storeSealed = prepareStoreSealed(db)
  const sweepHead = prepareSweepHead(db)

  async function seal(now: number): Promise<boolean> {
    const found = findSealable(now)
    if (!found) return false
    const { member, window } = found
    // A late tick must not come into a window that is being sealed.
    members.rowOf(member.clusterId, member.memberId)?.sealed((window + 1) * WINDOW)
    const series = readSeries(db, member.id, refuseDamaged)
    const rows = await prepareSeal({ ...found, tables, series, breathe: createBreath(clock) })
    transact(() => storeSealed(rows))
    return true
  }

  return async ({ now, steady }: { readonly now: number; readonly steady: number }): Promise<boolean> => {
    if (steady >= STEADY && (await seal(now))) return true
    return transact(sweepHead) > 0
  }
}
