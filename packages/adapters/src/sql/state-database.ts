import type { RandomBytes } from '@etcdmonitor/core/time'
import type { Kysely, Transaction } from 'kysely'
import type { StateTables } from './state-tables.ts'

/** The state database on one engine, as the repositories of this folder need it. */
export interface StateDatabase {
  /** For look-ups outside a transaction; never waits for a writer. */
  readonly read: Kysely<StateTables>
  /** Unix ms: the store's clock. */
  now(): number
  readonly random: RandomBytes
  /**
   * One writing transaction, as a whole or not at all. `work` may run again when the engine asks for it; it must not start another.
   * @throws AppError `auth_store_unavailable` when the engine does not answer within `limit` ms (6,000); what `work` throws
   */
  transact<T>(work: (tx: Transaction<StateTables>) => Promise<T>, limit?: number): Promise<T>
  /** Runs a look-up, with the engine's own errors translated as `transact` does. */
  look<T>(work: (read: Kysely<StateTables>) => Promise<T>): Promise<T>
}
