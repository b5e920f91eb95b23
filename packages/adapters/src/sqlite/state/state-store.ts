import type { StateStore } from '@etcdmonitor/core/ports/state-store'
import type { Clock, RandomBytes } from '@etcdmonitor/core/time'
import { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { sqlAccounts } from '../../sql/sql-accounts.ts'
import { sqlGuard, sweepGuards } from '../../sql/sql-guard.ts'
import { sqlSessions, sweepSessions } from '../../sql/sql-sessions.ts'
import type { StateDatabase } from '../../sql/state-database.ts'
import { stateMigrations } from '../../sql/state-migrations.ts'
import type { StateTables } from '../../sql/state-tables.ts'
import { sqliteDialect } from './state-dialect.ts'
import { openStateFile, type StateFile, setServingTimeouts, setVersion } from './state-file.ts'
import { watchHealth } from './state-health.ts'
import { createTransact } from './state-transact.ts'

const MIGRATIONS = stateMigrations({ instant: 'integer', flag: 'integer', bytes: 'blob' })
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
  setServingTimeouts(opened)
  const db = new Kysely<StateTables>({ dialect: sqliteDialect(opened.writer) })
  const read =
    opened.reader === opened.writer ? db : new Kysely<StateTables>({ dialect: sqliteDialect(opened.reader) })
  const now = () => clock.now()
  const health = watchHealth(clock)
  const transact = createTransact({ db, clock, random })
  await migrate(transact, opened)

  const database: StateDatabase = {
    now,
    random,
    read,
    transact: (work, limit) => health.write(() => transact(work, limit)),
    look: (work) => health.read(() => work(read)),
  }
  return {
    guard: sqlGuard(database),
    accounts: sqlAccounts(database),
    sessions: sqlSessions(database),
    now: async () => now(),
    async maintain() {
      await sweepSessions(database)
      await sweepGuards(database)
    },
    health: () => health.ask(() => read.selectFrom('users').select('id').limit(1).execute()),
    async [Symbol.asyncDispose]() {
      await db.destroy()
      if (read !== db) await read.destroy()
    },
  }
}

async function migrate(transact: StateDatabase['transact'], opened: StateFile): Promise<void> {
  await transact(async (tx) => {
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
