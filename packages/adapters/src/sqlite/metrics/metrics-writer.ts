import { join } from 'node:path'
import { AppError, StartRefused } from '@etcdmonitor/core/errors'
import { cutMemberInfo } from '@etcdmonitor/core/metrics/cut-member-info'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { MetricsWriter, StoreHealth } from '@etcdmonitor/core/ports/metrics-store'
import type { Clock } from '@etcdmonitor/core/time'
import { requireSqlite } from '../sqlite-version.ts'
import { takeCollectorLock } from './collector-lock.ts'
import { type Room, watchRoom } from './disk-room.ts'
import { lookThrough, lookThroughNames, markClean } from './look-through.ts'
import { type DamageWatch, watchDamage } from './metrics-damage.ts'
import { isDamage, isDiskFull, storageUnavailable, toStorageError } from './metrics-errors.ts'
import { makeDataDir, openMetricsFileToWrite } from './metrics-file.ts'
import { type MetricsSession, openSession, type SessionOptions } from './metrics-session.ts'
import { createWritableFile, type WritableFile } from './writable-file.ts'

export interface MetricsWriterOptions {
  readonly dataDir: string
  readonly clock: Clock
  readonly log: Log
  /** Days for which samples are kept; absent: 7. Rollups stay 90 at least. */
  readonly retentionDays?: number
  /** Ends the wait for another collector to go. Absent: it lasts its 10 s. */
  readonly signal?: AbortSignal
}

const OK: StoreHealth = { state: 'ok', reason: '' }
const LOW: StoreHealth = { state: 'degraded', reason: 'disk_low' }
const FULL: StoreHealth = { state: 'degraded', reason: 'disk_full' }
const DAMAGED: StoreHealth = { state: 'degraded', reason: 'bad_blob' }
const AWAY: StoreHealth = { state: 'unavailable', reason: 'unreadable' }

/**
 * The embedded store's writing half: opens (and makes) `<data>/metrics.db`, and is the one collector of the folder until disposed of. A
 * file that is damaged is set aside, and a new one begun.
 * @throws StartRefused when another collector holds the folder, when the file is foreign or newer, or SQLite too old; the signal's reason
 */
export async function openSqliteMetricsWriter(options: MetricsWriterOptions): Promise<MetricsWriter> {
  const { dataDir, clock, log, retentionDays = 7, signal = new AbortController().signal } = options
  requireSqlite()
  makeDataDir(dataDir)
  using opening = new DisposableStack()
  opening.use(await takeCollectorLock(dataDir, { clock, log, signal }))
  const damage = watchDamage(clock, log)
  const room = watchRoom(dataDir)
  const path = join(dataDir, 'metrics.db')
  const file = createWritableFile({
    path,
    clock,
    log,
    open: () => openSessionAt(path, { clock, log, damage, retentionDays, room }),
    onReplace: damage.forget,
  })
  opening.defer(() => file.close())
  try {
    file.session() // refuses the start where it must
  } catch (error) {
    throw error instanceof AppError ? new StartRefused([error.message], { cause: error }) : error
  }
  return sqliteMetricsWriter({ file, damage, room }, opening.move())
}

function openSessionAt(path: string, options: SessionOptions & { readonly clock: Clock }): MetricsSession {
  const db = openMetricsFileToWrite(path, options.clock.now())
  try {
    lookThroughNames(db)
    lookThrough(db)
    markClean(db, false)
    return openSession(db, options)
  } catch (error) {
    db.close()
    throw error
  }
}

interface OpenWriter {
  readonly file: WritableFile<MetricsSession>
  readonly damage: DamageWatch
  readonly room: () => Room
}

function sqliteMetricsWriter({ file, damage, room }: OpenWriter, held: DisposableStack): MetricsWriter {
  let health = OK

  /** Gives what is to be told: the damage, or that its file cannot be replaced, which the next call tries again. */
  function replaceFor(damage: unknown): unknown {
    try {
      file.replace(damage)
      return damage
    } catch (error) {
      return error
    }
  }

  /** Translates what the driver throws; damage ends the file it was found in. */
  function refuse(error: unknown): never {
    const translated = toStorageError(isDamage(error) ? replaceFor(error) : error)
    if (translated instanceof AppError && !held.disposed)
      health = isDiskFull(error) ? FULL : { state: 'degraded', reason: 'unreadable' }
    throw translated
  }

  function ask<T>(question: (session: MetricsSession) => T): T {
    if (held.disposed) throw storageUnavailable('the metrics store is closed')
    try {
      return question(file.session())
    } catch (error) {
      return refuse(error)
    }
  }
  const transact = <T>(work: (session: MetricsSession) => T): T =>
    ask((session) => session.transact(() => work(session)))

  return {
    async append(batch) {
      if (!held.disposed && room() === 'full') {
        health = FULL // the disk is left to what must not fail, such as the accounts
        throw storageUnavailable('the disk of the metrics store has too little room')
      }
      const result = transact(({ append }) => append(batch))
      health = OK
      return result
    },
    async describe(clusterId, given) {
      const infos = given.map(cutMemberInfo)
      const news = ask(({ members }) => infos.filter((info) => members.isNews(clusterId, info)))
      if (news.length === 0) return
      transact(({ members }) => {
        for (const info of news) members.describe(clusterId, info)
      })
    },
    async maintain(time) {
      try {
        return { more: await ask(({ upkeep }) => upkeep(time)) }
      } catch (error) {
        if (error instanceof AppError) throw error
        return refuse(error)
      }
    },
    recall: async (key) => ask(({ memory }) => memory.recall(key)),
    remember: async (key, text) => transact(({ memory }) => memory.remember(key, text)),
    health() {
      if (held.disposed) return AWAY
      if (health !== OK) return health
      try {
        if (room() !== 'enough') return LOW
      } catch {
        return AWAY
      }
      return damage.any ? DAMAGED : OK
    },
    async [Symbol.asyncDispose]() {
      held.dispose()
    },
  }
}
