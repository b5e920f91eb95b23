import type { AccountName, LoginGuard } from '@etcdmonitor/core/ports/state-store'
import { makeUlid } from '@etcdmonitor/core/ulid'
import type { ExpressionBuilder, Transaction } from 'kysely'
import { judgeLock, LONGEST_ATTEMPT } from './lock-rules.ts'
import { addToAudit } from './sql-audit-insert.ts'
import { countAttempts, lookAtGuard } from './sql-guard-look.ts'
import type { StateDatabase } from './state-database.ts'
import type { LoginGuardRow, StateTables } from './state-tables.ts'

const MAX_STRANGERS = 100_000
const MAX_SWEPT = 500

type Tx = Transaction<StateTables>

/** The login guard in the state database: the rules of security.md 3 by their numbers. */
export const sqlGuard = (database: StateDatabase): LoginGuard => ({
  async reserve(name, policy) {
    const seen = await lookAtGuard(database, name, policy)
    if (seen) return seen
    return database.transact(async (tx) => {
      const found = await lockGuard(database, tx, name)
      const { at, all, abandoned } = await countAttempts(database, tx, name)
      const removed = abandoned === 0 ? 0 : await removeAbandoned(tx, name, at)
      const counted =
        removed === 0 ? found : { ...found, failed: found.failed + removed, last_failure_at: at } // 1
      const { guard, answer } = judgeLock(counted, policy, at) // 2 to 4
      if (guard !== found) await store(tx, guard)
      if (answer) return answer
      // one that grew too old after `at` is still there, and still counts
      if (guard.failed + all - removed >= policy.threshold) return { kind: 'wait' } // 5
      const id = makeUlid(at, database.random) // 6
      await tx.insertInto('login_reservations').values({ id, name, started_at: at }).execute()
      return { kind: 'granted', id }
    })
  },

  settle: (id, result, policy) =>
    database.transact(async (tx) => {
      const guard = await lockReserved(tx, id)
      const removed = guard && (await removeReservation(database, tx, id))
      if (!removed) return 'expired'
      if (result === 'void') return 'settled'
      const { at } = removed
      const failed = guard.failed + 1
      const isLocked = failed >= policy.threshold
      const lockedUntil = isLocked ? at + policy.durationSeconds * 1_000 : guard.locked_until
      await store(tx, { ...guard, failed, locked_until: lockedUntil, last_failure_at: at })
      return isLocked ? 'locked' : 'settled'
    }),

  clear: (name, audit) =>
    database.transact(async (tx) => {
      await forget(tx, name)
      await addToAudit(database, tx, { events: [audit] })
    }),
})

/** What an open reservation holds for a transaction: the guard of its name, locked. */
export interface Reserved {
  /** Settles it as right: the counter of its name is 0. */
  settleRight(): Promise<void>
}

/** Locks what `id` reserved; undefined when it has expired. */
export async function holdReservation(
  database: StateDatabase,
  tx: Tx,
  id: string,
): Promise<Reserved | undefined> {
  const guard = await lockReserved(tx, id)
  const isThere = guard && (await findReservation(tx, id))
  if (!isThere) return undefined
  return {
    async settleRight() {
      await removeReservation(database, tx, id)
      await store(tx, { ...guard, failed: 0, locked_until: 0 })
    },
  }
}

/** Counter and lock of a name are as if nobody had ever tried. */
export async function forget(tx: Tx, name: AccountName): Promise<void> {
  await findGuard(tx, name)
  await tx.deleteFrom('login_reservations').where('name', '=', name).execute()
  await tx.deleteFrom('login_guards').where('name', '=', name).execute()
}

/**
 * Removes up to 500 rows each: of names without account beyond 100,000, and of locks that ran out. Never one that an attempt is using.
 * True: there may be more.
 */
export const sweepGuards = ({ now, transact }: StateDatabase): Promise<boolean> =>
  transact(async (tx) => {
    const at = await now(tx)
    const unused = () =>
      tx
        .selectFrom('login_guards')
        .select('name')
        .where('locked_until', '<=', at)
        .where(hasNoReservation)
        .forUpdate()
        .skipLocked()
    const ranOut = await unused().where('locked_until', '>', 0).limit(MAX_SWEPT).execute()
    const strangers = unused().where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('users').select('id').whereRef('users.username', '=', 'login_guards.name'))),
    )
    const { count } = await tx
      .selectFrom('login_guards')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    const surplus = Math.min(MAX_SWEPT, Number(count) - MAX_STRANGERS)
    const oldest = surplus > 0 ? await strangers.orderBy('last_failure_at').limit(surplus).execute() : []
    const names = [...ranOut, ...oldest].map(({ name }) => name)
    if (names.length === 0) return false
    // looked at again now that the rows are locked: an attempt may have been reserved meanwhile
    await tx.deleteFrom('login_guards').where('name', 'in', names).where(hasNoReservation).execute()
    return ranOut.length === MAX_SWEPT || oldest.length === MAX_SWEPT
  })

const hasNoReservation = ({ not, exists, selectFrom }: ExpressionBuilder<StateTables, 'login_guards'>) =>
  not(
    exists(
      selectFrom('login_reservations')
        .select('id')
        .whereRef('login_reservations.name', '=', 'login_guards.name'),
    ),
  )

/** Row of the name, made when it is missing; its lock excludes every other call for the name. */
async function lockGuard({ nowMs }: StateDatabase, tx: Tx, name: AccountName): Promise<LoginGuardRow> {
  for (;;) {
    const found = await findGuard(tx, name)
    if (found) return found
    await tx
      .insertInto('login_guards')
      .values({ name, failed: 0, locked_until: 0, last_failure_at: nowMs() })
      .onConflict((on) => on.column('name').doNothing())
      .execute()
  }
}

const findGuard = (tx: Tx, name: AccountName): Promise<LoginGuardRow | undefined> =>
  tx.selectFrom('login_guards').selectAll().where('name', '=', name).forUpdate().executeTakeFirst()

const store = (tx: Tx, { name, ...columns }: LoginGuardRow) =>
  tx.updateTable('login_guards').set(columns).where('name', '=', name).execute()

/** Rule 1: how many a dead process left, or the clock's step back put into the future. */
async function removeAbandoned(tx: Tx, name: AccountName, at: number): Promise<number> {
  const { numDeletedRows } = await tx
    .deleteFrom('login_reservations')
    .where('name', '=', name)
    .where(({ eb, or }) =>
      or([eb('started_at', '<', at - LONGEST_ATTEMPT), eb('started_at', '>', at + LONGEST_ATTEMPT)]),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/** The guard of the name that has this reservation, locked. Whether the reservation is still there is to be seen after that. */
const lockReserved = (tx: Tx, id: string): Promise<LoginGuardRow | undefined> =>
  tx
    .selectFrom('login_guards')
    .selectAll()
    .where('name', '=', (eb) => eb.selectFrom('login_reservations').select('name').where('id', '=', id))
    .forUpdate()
    .executeTakeFirst()

const findReservation = (tx: Tx, id: string) =>
  tx.selectFrom('login_reservations').select('id').where('id', '=', id).executeTakeFirst()

/** When it was removed, by the store's clock; undefined when there was none. */
const removeReservation = ({ nowMs }: StateDatabase, tx: Tx, id: string) =>
  tx.deleteFrom('login_reservations').where('id', '=', id).returning(nowMs().as('at')).executeTakeFirst()
