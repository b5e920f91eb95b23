import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { AppError } from '@etcdmonitor/core/errors'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { MemberInfo, MetricsWriter, StoreHealth } from '@etcdmonitor/core/ports/metrics-store'
import type { Clock } from '@etcdmonitor/core/time'
import { requireSqlite } from '../sqlite-version.ts'
import { takeCollectorLock } from './collector-lock.ts'
import { createCollectorMemory } from './collector-memory.ts'
import { openMemberRows } from './member-rows.ts'
import { prepareAppend } from './metrics-append.ts'
import { type DamageWatch, watchDamage } from './metrics-damage.ts'
import { isDiskFull, storageUnavailable, toStorageError } from './metrics-errors.ts'
import { makeDataDir, openMetricsFileToWrite } from './metrics-file.ts'
import { createUpkeep } from './metrics-upkeep.ts'

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
const DAMAGED: StoreHealth = { state: 'degraded', reason: 'bad_blob' }
const CLOSED: StoreHealth = { state: 'unavailable', reason: 'unreadable' }

/**
 * The embedded store's writing half: opens (and makes) `<data>/metrics.db`, and is the one collector of the folder until disposed of.
 * @throws StartRefused when another collector holds the folder, when the file is foreign, damaged or newer, or SQLite too old; the
 * signal's reason
 */
export async function openSqliteMetricsWriter({
  dataDir,
  clock,
  log,
  retentionDays = 7,
  signal = new AbortController().signal,
}: MetricsWriterOptions): Promise<MetricsWriter> {
  requireSqlite()
  makeDataDir(dataDir)
  using opening = new DisposableStack()
  opening.use(await takeCollectorLock(dataDir, clock, signal))
  const path = join(dataDir, 'metrics.db')
  const db = opening.adopt(openMetricsFileToWrite(path, clock.now()), (opened) => opened.close())
  const damage = watchDamage(clock, log)
  return sqliteMetricsWriter({ db, clock, log, retentionDays, damage }, opening.move())
}

interface OpenWriter extends Pick<Required<MetricsWriterOptions>, 'clock' | 'log' | 'retentionDays'> {
  readonly db: DatabaseSync
  readonly damage: DamageWatch
}

function sqliteMetricsWriter(opened: OpenWriter, held: DisposableStack): MetricsWriter {
  const { db, damage } = opened
  const members = openMemberRows(db)
  const append = prepareAppend(db, members)
  const memory = createCollectorMemory(db)
  let health = OK

  const checkOpen = () => {
    if (held.disposed) throw storageUnavailable('the metrics store is closed')
  }

  /** All of `work` or nothing; after a failure what is known of members is read again. */
  function transact<T>(work: () => T): T {
    checkOpen()
    try {
      db.exec('BEGIN IMMEDIATE')
      const result = work()
      db.exec('COMMIT')
      return result
    } catch (error) {
      members.forget()
      if (db.isTransaction) db.exec('ROLLBACK')
      const translated = toStorageError(error)
      if (translated instanceof AppError)
        health = { state: 'degraded', reason: isDiskFull(error) ? 'disk_full' : 'unreadable' }
      throw translated
    }
  }

  function ask<T>(question: () => T): T {
    checkOpen()
    try {
      return question()
    } catch (error) {
      throw toStorageError(error)
    }
  }

  const upkeep = createUpkeep({ ...opened, members, transact })

  return {
    async append(batch) {
      const result = transact(() => append(batch))
      health = OK
      return result
    },
    async describe(clusterId, given) {
      const infos = given.map(cutTexts)
      const news = ask(() => infos.filter((info) => members.isNews(clusterId, info)))
      if (news.length === 0) return
      transact(() => {
        for (const info of news) members.describe(clusterId, info)
      })
    },
    async maintain(time) {
      checkOpen()
      try {
        return { more: await upkeep(time) }
      } catch (error) {
        members.forget()
        throw toStorageError(error)
      }
    },
    recall: async (key) => ask(() => memory.recall(key)),
    remember: async (key, text) => transact(() => memory.remember(key, text)),
    health: () => (held.disposed ? CLOSED : health === OK && damage.any ? DAMAGED : health),
    async [Symbol.asyncDispose]() {
      held.dispose()
    },
  }
}

const cutTexts = (info: MemberInfo): MemberInfo => ({
  memberId: info.memberId,
  name: info.name.slice(0, 128),
  serverVersion: info.serverVersion.slice(0, 64),
  clusterVersion: info.clusterVersion.slice(0, 64),
  goVersion: info.goVersion.slice(0, 64),
  scrapeError: info.scrapeError.slice(0, 220),
})
