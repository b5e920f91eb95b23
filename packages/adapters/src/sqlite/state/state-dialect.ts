import type { DatabaseSync } from 'node:sqlite'
import {
  type Dialect,
  type KyselyPlugin,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { admit } from '../../sql/admit.ts'

/** Kysely on `node:sqlite`: one connection behind Kysely's own queue. Disposing of Kysely closes `database`. */
export const sqliteDialect = (database: DatabaseSync): Dialect => ({
  createDriver: () =>
    new SqliteDriver({ database: { close: () => database.close(), prepare: prepareOn(database) } }),
  createQueryCompiler: () => new SqliteQueryCompiler(),
  // SQLite takes DDL in a transaction; the adapter says no, and the migrator would then leave half a migration behind
  createAdapter: () =>
    Object.defineProperty(new SqliteAdapter(), 'supportsTransactionalDdl', { value: true }),
  createIntrospector: (db) => new SqliteIntrospector(db),
})

const NOTHING = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [].values(),
}

/** `FOR UPDATE` is for engines with row locks; here `BEGIN IMMEDIATE` locks all. */
export const withoutRowLocks: KyselyPlugin = {
  transformQuery({ node }) {
    if (node.kind !== 'SelectQueryNode') return node
    const { endModifiers: _, ...rest } = node
    return rest
  },
  transformResult: async ({ result }) => result,
}

const prepareOn = (database: DatabaseSync) => (text: string) => {
  // SQLite may have rolled back by itself (a full disk): a second time would be an error that hides the first.
  if (text === 'rollback' && !database.isTransaction) return NOTHING
  // A deferred transaction that turns into a writing one fails at once when another process writes, whatever the timeout.
  const statement = database.prepare(text === 'begin' ? 'begin immediate' : text)
  return {
    reader: statement.columns().length > 0,
    all: (parameters: readonly unknown[]) => statement.all(...parameters.map(admit)),
    run: (parameters: readonly unknown[]) => statement.run(...parameters.map(admit)),
    iterate: (parameters: readonly unknown[]) => statement.iterate(...parameters.map(admit)),
  }
}
