import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { createAuditLog } from './audit-table.ts'
import type { ColumnTypes } from './column-types.ts'
import { createInstances, createRuns } from './run-tables.ts'

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
  '0006-tickets': {
    up: (db) => createTickets(db, types),
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

async function createTickets(db: Kysely<unknown>, { instant, bytes }: ColumnTypes): Promise<void> {
  const hash = bytes === 'blob' ? 'blob' : 'bytea'
  await db.schema
    .createTable('tickets')
    .addColumn('hash', hash, (column) => column.primaryKey().notNull())
    .addColumn('session_hash', hash, (column) =>
      column.notNull().references('sessions.id_hash').onDelete('cascade'),
    )
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('cluster_id', 'text', (column) => column.notNull())
    .addColumn('member_id', 'text', (column) => column.notNull())
    .addColumn('expires_at', instant, (column) => column.notNull())
    .execute()
  await db.schema.createIndex('tickets_by_expiry').on('tickets').column('expires_at').execute()
  await db.schema.createIndex('tickets_by_session').on('tickets').column('session_hash').execute()
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
