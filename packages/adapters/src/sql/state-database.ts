import type { Clock, RandomBytes } from '@etcdmonitor/core/time'
import type { Expression, Kysely, RawBuilder, SqlBool, Transaction } from 'kysely'
import type { StateTables } from './state-tables.ts'

/**
 * The state database on one engine, as the repositories of this folder need it. They write row locks (`forUpdate`) as PostgreSQL wants
 * them, in the order of storage.md 7.3; SQLite leaves them out, for there a transaction excludes every other.
 */
export interface StateDatabase {
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>
  readonly random: RandomBytes
  /** Of this process, in the audit log: 32 hex digits. */
  readonly instanceId: string
  /** The store's clock as a part of a statement, Unix ms. */
  nowMs(): RawBuilder<number>
  /** Whether the text holds `part`, which has no upper-case ASCII letter; those of the text count as lower-case ones. */
  holds(text: Expression<string>, part: string): RawBuilder<SqlBool>
  /** The store's clock. In a transaction ask after its locks are held: waiting for them takes time. */
  now(on: Kysely<StateTables>): Promise<number>
  /** Waits until no other transaction that called this runs; they follow one another. */
  excludeOthers(tx: Transaction<StateTables>): Promise<void>
  /**
   * One writing transaction, as a whole or not at all. `work` may run again when the engine asks for it; it must not start another.
   * @throws AppError `auth_store_unavailable` when the engine does not answer within `limit` ms (6,000); what `work` throws
   */
  transact<T>(work: (tx: Transaction<StateTables>) => Promise<T>, limit?: number): Promise<T>
  /** Runs look-ups, which never wait for a writer; errors as of `transact`. SQLite's answer at once and have no limit. */
  look<T>(work: (read: Kysely<StateTables>) => Promise<T>, limit?: number): Promise<T>
}
