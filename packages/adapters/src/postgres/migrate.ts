import { StartRefused } from '@etcdmonitor/core/errors'
import { type Dialect, type Kysely, PostgresDialect, type PostgresPool, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { stateMigrations } from '../sql/state-migrations.ts'
import type { StateTables } from '../sql/state-tables.ts'
import { sqlState } from './postgres-errors.ts'

const MIGRATIONS = stateMigrations({
  instant: 'bigint',
  flag: 'smallint',
  bytes: 'bytea',
  identity: 'generated',
})
const KNOWN = Object.keys(MIGRATIONS).length
const TABLE = 'schema_migrations'
/** "etcs": one process migrates, the others wait. Ends with the transaction, unlike that of Kysely's migrator. */
const LOCK = 0x65746373
const OLDEST = 130_000

/** SQLSTATE at start => what is wrong with the place that the URL names. */
const REFUSALS: Readonly<Record<string, string>> = {
  '28000': 'refuses the role',
  '28P01': 'refuses the password',
  '3D000': 'has no such database',
  '42501': 'gives the role too few rights',
  '42P07': 'has a table of another program in the schema',
}

/**
 * For `migrate`: Kysely's lock is given back by a statement, which fails in a transaction that has failed and hides why.
 */
export const migratingDialect = (pool: PostgresPool): Dialect => {
  const dialect = new PostgresDialect({ pool })
  const nothing = async () => undefined
  return {
    createDriver: () => dialect.createDriver(),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createAdapter: () =>
      Object.assign(dialect.createAdapter(), {
        acquireMigrationLock: nothing,
        releaseMigrationLock: nothing,
      }),
  }
}

/**
 * Brings the first schema of `search_path` to this version, in one transaction. Any number of processes may call it at once.
 * @throws StartRefused when the schema is newer, the server too old, or the place not ours
 */
export const migrate = (db: Kysely<StateTables>): Promise<void> =>
  refusing(() =>
    db.transaction().execute(async (tx) => {
      await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx)
      const { schema, canCreate } = await findPlace(tx)
      const applied = await readApplied(tx, schema)
      refuseUnknown(applied)
      if (applied.length === KNOWN) return
      if (!canCreate) throw refuse(`the role may not create tables in the schema ${schema}`)
      const migrator = new Migrator({
        db: tx,
        provider: { getMigrations: async () => MIGRATIONS },
        migrationTableSchema: schema,
        migrationTableName: TABLE,
        migrationLockTableName: `${TABLE}_lock`,
      })
      const { error } = await migrator.migrateToLatest()
      if (error) throw error
    }),
  )

/** Writes nothing. @throws StartRefused when the schema is not this program's, the server too old, or the place not ours */
export const checkSchema = (db: Kysely<StateTables>): Promise<void> =>
  refusing(async () => {
    const { schema } = await findPlace(db)
    const applied = await readApplied(db, schema)
    refuseUnknown(applied)
    if (applied.length < KNOWN)
      throw refuse(
        `the store has schema ${applied.length}, this program knows ${KNOWN}; start the API of this release first, which brings it up to date`,
      )
  })

async function refusing(act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    const reason = REFUSALS[sqlState(error)]
    if (reason === undefined) throw error
    throw refuse(`the server ${reason}: ${error instanceof Error ? error.message : reason}`, error)
  }
}

interface Place {
  readonly schema: string
  readonly canCreate: boolean
}

async function findPlace(db: Kysely<StateTables>): Promise<Place> {
  const { version, schema, canCreate } = await db
    .selectNoFrom([
      sql<number>`current_setting('server_version_num')::int`.as('version'),
      sql<string | null>`current_schema()`.as('schema'),
      sql<boolean>`has_schema_privilege(current_schema(), 'create')`.as('canCreate'),
    ])
    .executeTakeFirstOrThrow()
  if (version < OLDEST)
    throw refuse(`the server has version ${Math.floor(version / 10_000)}; wanted 13 or newer`)
  if (schema === null) throw refuse('no schema of search_path exists; create one that the role may write')
  return { schema, canCreate }
}

/** Names of the migrations that were applied; none in an empty schema. */
async function readApplied(db: Kysely<StateTables>, schema: string): Promise<readonly string[]> {
  const { rows: columns } = await sql<{
    name: string
  }>`select column_name as name from information_schema.columns
    where table_schema = ${schema} and table_name = ${TABLE}`.execute(db)
  if (columns.length === 0) return []
  if (!columns.some(({ name }) => name === 'name'))
    throw refuse(
      `the table ${TABLE} in the schema ${schema} is of another program; wanted a schema of its own`,
    )
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(`${schema}.${TABLE}`)}`.execute(
    db,
  )
  return rows.map(({ name }) => name)
}

function refuseUnknown(applied: readonly string[]): void {
  if (applied.every((name) => name in MIGRATIONS)) return
  throw refuse(`the store has schema ${applied.length}, this program knows ${KNOWN}; start the newer release`)
}

const refuse = (problem: string, cause?: unknown): StartRefused =>
  new StartRefused([`storage.state.url: ${problem}`], { cause })
