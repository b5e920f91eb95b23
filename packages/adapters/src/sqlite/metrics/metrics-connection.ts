import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { AppError } from '@etcdmonitor/core/errors'
import type { StoreHealth } from '@etcdmonitor/core/ports/metrics-store'
import type { Clock } from '@etcdmonitor/core/time'
import { type KeptHeadRows, keepHeadRows, openHeadRows } from './head-rows.ts'
import type { DamageWatch } from './metrics-damage.ts'
import { toStorageError } from './metrics-errors.ts'
import { openMetricsFileToRead } from './metrics-file.ts'
import { openSampleTables, type SampleTables } from './reading/member-read.ts'
import { prepareReadPruned } from './reading/metrics-horizon.ts'
import { openStoreFacts, type StoreFacts } from './reading/store-facts.ts'
import { openStoredSeries, type StoredSeriesCache } from './reading/stored-series.ts'
import { createWindowsCache } from './reading/windows-cache.ts'
import { createCellsCache } from './upkeep/rollup-rows.ts'

const LOOK_INTERVAL = 1_000

/** One `metrics.db` as long as it lies under its name; what a call reads comes from one of these. */
export interface OpenMetricsFile {
  readonly db: DatabaseSync
  readonly series: StoredSeriesCache
  readonly tables: SampleTables
  readonly head: KeptHeadRows
  /** Outside of transactions. */
  readonly facts: () => StoreFacts
  /** A read transaction: `work` sees one state of the file. It must not wait for anything. */
  transact<T>(work: () => T): T
}

export interface MetricsConnection {
  /** Undefined: there is no file yet. @throws AppError `storage_unavailable` */
  current(): OpenMetricsFile | undefined
  health(): StoreHealth
  close(): void
}

/** The file is looked at once a second: another inode, or none, closes the connection (storage.md 5.8, 5.11). */
export function connectToMetrics(path: string, clock: Clock, damage: DamageWatch): MetricsConnection {
  let open: (OpenMetricsFile & { readonly inode: number }) | undefined
  let lookedAt = Number.NEGATIVE_INFINITY
  let reason: StoreHealth['reason'] = 'no_file'
  let isClosed = false

  const look = () => {
    lookedAt = clock.monotonic()
    const inode = statSync(path, { throwIfNoEntry: false })?.ino
    if (open && open.inode === inode) {
      reason = '' // the last look may have failed
      return
    }
    open?.db.close()
    open = undefined
    damage.forget()
    const file = openMetricsFileToRead(path)
    if (file === undefined) reason = 'no_file'
    else if (file === 'newer' || file === 'foreign') reason = file === 'newer' ? 'schema_newer' : 'unreadable'
    else {
      open = { inode: inode ?? 0, ...openOrClose(file, damage) }
      reason = ''
    }
  }

  return {
    current() {
      if (isClosed) throw new AppError('storage_unavailable', 'the metrics store is closed')
      try {
        if (clock.monotonic() - lookedAt >= LOOK_INTERVAL) look()
      } catch (error) {
        reason = 'unreadable'
        throw toStorageError(error)
      }
      if (reason === 'schema_newer' || reason === 'unreadable')
        throw new AppError('storage_unavailable', `the metrics file cannot be read (${reason})`)
      return open
    },
    health() {
      if (isClosed || reason === 'unreadable') return { state: 'unavailable', reason: 'unreadable' }
      if (reason !== '') return { state: 'degraded', reason }
      return damage.any ? { state: 'degraded', reason: 'bad_blob' } : { state: 'ok', reason: '' }
    },
    close() {
      isClosed = true
      open?.db.close()
      open = undefined
    },
  }
}

function openOrClose(db: DatabaseSync, damage: DamageWatch): OpenMetricsFile {
  try {
    return openFile(db, damage)
  } catch (error) {
    db.close() // it is looked at again every second
    throw error
  }
}

function openFile(db: DatabaseSync, damage: DamageWatch): OpenMetricsFile {
  const readId = db.prepare("SELECT value FROM meta WHERE key = 'store_id'")
  const readNewest = db.prepare('SELECT at, ok_at FROM newest WHERE member = CAST(? AS INTEGER)')
  const cells = createCellsCache()
  const windows = createWindowsCache()
  const head = keepHeadRows(db, openHeadRows(db, damage))
  const storeId = () => String(readId.get()?.value)
  let known = storeId()
  const series = openStoredSeries(db, damage)

  function transact<T>(work: () => T): T {
    db.exec('BEGIN')
    try {
      const now = storeId()
      if (now !== known) {
        cells.clear()
        windows.clear()
        head.clear()
      }
      known = now
      return work()
    } finally {
      db.exec('COMMIT')
    }
  }

  /** Unix ms, 0 = none; `newestOkAt`: with `collector_up` 1. */
  function newest(memberRow: number) {
    const row = readNewest.get(memberRow)
    return { newestAt: Number(row?.at ?? 0), newestOkAt: Number(row?.ok_at ?? 0) }
  }

  return {
    db,
    series,
    tables: openSampleTables({ db, head, damage, cells, windows }),
    head,
    facts: openStoreFacts({
      ...{ db, transact, storeId, newest },
      rows: series.members,
      seriesRevision: series.revision,
      pruned: prepareReadPruned(db),
    }),
    transact,
  }
}
