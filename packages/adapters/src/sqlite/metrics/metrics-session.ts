import type { DatabaseSync } from 'node:sqlite'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { Clock } from '@etcdmonitor/core/time'
import { isConstraint } from '../result-code.ts'
import { createCollectorMemory } from './collector-memory.ts'
import type { Room } from './disk-room.ts'
import { closeMarked, lookThroughNames } from './look-through.ts'
import { openMemberRows } from './member-rows.ts'
import { prepareAppend } from './metrics-append.ts'
import type { DamageWatch } from './metrics-damage.ts'
import { createUpkeep } from './upkeep/metrics-upkeep.ts'

export interface SessionOptions {
  readonly clock: Pick<Clock, 'monotonic' | 'turn'>
  readonly log: Log
  readonly damage: DamageWatch
  readonly retentionDays: number
  readonly room: () => Room
}

/** What the writer does on one connection, as long as the file under it is sound. */
export type MetricsSession = ReturnType<typeof openSession>

export function openSession(db: DatabaseSync, options: SessionOptions) {
  const members = openMemberRows(db)

  /** All of `work` or nothing; after a failure what is known of members is read again. */
  function transact<T>(work: () => T): T {
    try {
      db.exec('BEGIN IMMEDIATE')
      const result = work()
      db.exec('COMMIT')
      return result
    } catch (error) {
      members.forget()
      if (db.isOpen && db.isTransaction) db.exec('ROLLBACK')
      if (isConstraint(error)) lookThroughNames(db)
      throw error
    }
  }

  return {
    members,
    transact,
    append: prepareAppend(db, members),
    memory: createCollectorMemory(db),
    upkeep: createUpkeep({ db, members, transact, ...options }),
    close: (isSound: boolean) => closeMarked(db, isSound),
  }
}
