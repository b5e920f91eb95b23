import type { DatabaseSync, StatementSync } from 'node:sqlite'
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

/** Statements that stay prepared, those used last: of one with many rows preparing costs more than running it. */
const MAX_PREPARED = 64

function prepareOn(database: DatabaseSync) {
  const prepared = new Map<string, Prepared>()

  function prepare(text: string): Prepared {
    const statement = database.prepare(text)
    return { statement, reader: statement.columns().length > 0 }
  }

  function prepareOnce(text: string): Prepared {
    const one = prepared.get(text) ?? prepare(text)
    prepared.delete(text)
    prepared.set(text, one)
    const [oldest] = prepared.keys()
    if (prepared.size > MAX_PREPARED && oldest !== undefined) prepared.delete(oldest)
    return one
  }

  return (text: string) => {
    // SQLite may have rolled back by itself (a full disk): a second time would be an error that hides the first.
    if (text === 'rollback' && !database.isTransaction) return NOTHING
    // A deferred transaction that turns into a writing one fails at once when another process writes, whatever the timeout.
    const whole = text === 'begin' ? 'begin immediate' : text
    const { statement, reader } = prepareOnce(whole)
    return {
      reader,
      all: (parameters: readonly unknown[]) => statement.all(...parameters.map(admit)),
      run: (parameters: readonly unknown[]) => statement.run(...parameters.map(admit)),
      // of its own: while it is walked through, others may run the same text
      iterate: (parameters: readonly unknown[]) => database.prepare(whole).iterate(...parameters.map(admit)),
    }
  }
}

interface Prepared {
  readonly statement: StatementSync
  /** It gives rows. */
  readonly reader: boolean
}
