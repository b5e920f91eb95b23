import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { createAuditLog } from './audit-table.ts'
import { createInstances, createRuns } from './run-tables.ts'

/** Column types that the engines write differently. */
export interface ColumnTypes {
  readonly instant: 'integer' | 'bigint'
  readonly flag: 'integer' | 'smallint'
  readonly bytes: 'blob' | 'bytea'
  readonly identity: 'autoincrement' | 'generated'
}

/** All migrations by name, in order; forward only. A migration must leave the previous release working. */
export const stateMigrations = (types: ColumnTypes): Readonly<Record<string, Migration>> => ({
  '0001-accounts': {
    async up(db) {
      await createUsers(db, types)
      await createSessions(db, types)
    },
  },
  '0002-login-guards': {
    up: (db) => createLoginGuards(db, types),
  },
  '0003-audit-log': {
    up: (db) => createAuditLog(db, types),
  },
  '0004-panel-configs': {
    up: (db) => createPanelConfigs(db, types),
  },
  '0005-runs': {
    async up(db) {
      await createInstances(db, types)
      await createRuns(db, types)
    },
  },
})

const createUsers = (db: Kysely<unknown>, { instant, flag }: ColumnTypes): Promise<void> =>
  db.schema
    .createTable('users')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('username', 'text', (column) => column.notNull().unique())
    .addColumn('password_hash', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('must_change_password', flag, (column) => column.notNull())
    .addColumn('enabled', flag, (column) => column.notNull())
    .addColumn('created_at', instant, (column) => column.notNull())
    .addColumn('updated_at', instant, (column) => column.notNull())
    .addColumn('password_changed_at', instant, (column) => column.notNull())
    .addColumn('last_login_at', instant)
    .execute()

async function createSessions(db: Kysely<unknown>, { instant, bytes }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('sessions')
    .addColumn('id_hash', bytes === 'blob' ? 'blob' : 'bytea', (column) => column.primaryKey().notNull())
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('kid', 'text', (column) => column.notNull())
    .addColumn('created_at', instant, (column) => column.notNull())
    .addColumn('expires_at', instant, (column) => column.notNull())
    .addColumn('last_seen_at', instant, (column) => column.notNull())
    .addColumn('address', 'text', (column) => column.notNull())
    .addColumn('user_agent', 'text', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('sessions_by_user').on('sessions').columns(['user_id', 'created_at']).execute()
  await db.schema.createIndex('sessions_by_expiry').on('sessions').column('expires_at').execute()
}

async function createLoginGuards(db: Kysely<unknown>, { instant }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('login_guards')
    .addColumn('name', 'text', (column) => column.primaryKey().notNull())
    .addColumn('failed', instant, (column) => column.notNull())
    .addColumn('locked_until', instant, (column) => column.notNull())
    .addColumn('last_failure_at', instant, (column) => column.notNull())
    .execute()
  await db.schema
    .createIndex('login_guards_by_failure')
    .on('login_guards')
    .column('last_failure_at')
    .execute()
  await db.schema
    .createTable('login_reservations')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('started_at', instant, (column) => column.notNull())
    .execute()
  await db.schema
    .createIndex('login_reservations_by_name')
    .on('login_reservations')
    .columns(['name', 'started_at'])
    .execute()
}

const createPanelConfigs = (db: Kysely<unknown>, { instant }: ColumnTypes): Promise<void> =>
  db.schema
    .createTable('panel_configs')
    .addColumn('user_id', 'text', (column) =>
      column.primaryKey().notNull().references('users.id').onDelete('cascade'),
    )
    .addColumn('document', 'text', (column) => column.notNull())
    .addColumn('updated_at', instant, (column) => column.notNull())
    .execute()
