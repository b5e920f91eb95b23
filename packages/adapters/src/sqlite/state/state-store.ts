import type { DatabaseSync } from 'node:sqlite'
import type { StateStore } from '@etcdmonitor/core/ports/state-store'
import type { Clock, RandomBytes } from '@etcdmonitor/core/time'
import { Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { sqlStateStore } from '../../sql/sql-state-store.ts'
import type { StateDatabase } from '../../sql/state-database.ts'
import { stateMigrations } from '../../sql/state-migrations.ts'
import type { StateTables } from '../../sql/state-tables.ts'
import { copyBeforeMigration } from './copy-state.ts'
import { sqliteDialect, withoutRowLocks } from './state-dialect.ts'
import { toStateError } from './state-errors.ts'
import {
  checkPlace,
  closeStateFile,
  openExistingStateFile,
  openStateFile,
  type StateFile,
  setServingTimeouts,
  setVersion,
  versionOf,
} from './state-file.ts'
import { createTransact } from './state-transact.ts'

const MIGRATIONS = stateMigrations({
  instant: 'integer',
  flag: 'integer',
  bytes: 'blob',
  identity: 'autoincrement',
})
const MIGRATION_LIMIT = 60_000
const VERSION = Object.keys(MIGRATIONS).length

export interface SqliteStateOptions {
  readonly clock: Pick<Clock, 'now' | 'monotonic' | 'sleep'>
  readonly random: RandomBytes
}

/**
 * Opens `<data>/state.db` (or `:memory:`), migrated to this version. Several processes may hold it at once (storage.md 7.4).
 * @throws StartRefused when the file is foreign, damaged, or newer than this program
 */
export async function openSqliteState(
  file: string,
  { clock, random }: SqliteStateOptions,
): Promise<StateStore> {
  const opened = openStateFile(file, VERSION)
  const { store, transact } = storeOn(opened, { clock, random })
  await migrate(opened, { clock, transact })
  return store
}

/**
 * Opens a state file that an API has made, without a change to its schema: for a command beside running processes.
 * @throws StartRefused when the file is missing, foreign, damaged, or of another schema than this program's
 */
export const openExistingSqliteState = (file: string, options: SqliteStateOptions): StateStore =>
  storeOn(openExistingStateFile(file, VERSION), options).store

function storeOn(opened: StateFile, { clock, random }: SqliteStateOptions) {
  setServingTimeouts(opened)
  const db = openKysely(opened.writer)
  const read = opened.reader === opened.writer ? db : openKysely(opened.reader)
  const transact = createTransact({ db, check: () => checkPlace(opened), clock, random })
  const store = sqlStateStore({
    clock,
    random,
    nowMs: () => sql<number>`${clock.now()}`,
    holds: (text, part) => sql`instr(lower(${text}), ${part}) > 0`,
    excludeOthers: async () => undefined, // every writing transaction does
    transact,
    look: (work) => work(read),
    translate: (error) => toStateError(error, opened.path),
    async close() {
      if (read !== db) await read.destroy()
      await db.destroy()
      closeStateFile(opened)
    },
  })
  return { store, transact }
}

const openKysely = (database: DatabaseSync) =>
  new Kysely<StateTables>({ dialect: sqliteDialect(database), plugins: [withoutRowLocks] })

async function migrate(
  opened: StateFile,
  { clock, transact }: Pick<StateDatabase, 'transact'> & Pick<SqliteStateOptions, 'clock'>,
): Promise<void> {
  await transact(async (tx) => {
    const from = versionOf(opened)
    if (from > 0 && from < VERSION) copyBeforeMigration(opened.path, { from, to: VERSION, at: clock.now() })
    const migrator = new Migrator({
      db: tx,
      provider: { getMigrations: async () => MIGRATIONS },
      migrationTableName: 'schema_migrations',
      migrationLockTableName: 'schema_migrations_lock',
    })
    const { error } = await migrator.migrateToLatest()
    if (error) throw error
    setVersion(opened, VERSION) // on the same connection: part of this transaction
  }, MIGRATION_LIMIT)
}
