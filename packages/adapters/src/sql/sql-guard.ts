import type { AccountName, LockPolicy, LoginGuard, Reservation } from '@etcdmonitor/core/ports/state-store'
import { makeUlid } from '@etcdmonitor/core/ulid'
import type { ExpressionBuilder, Transaction } from 'kysely'
import { addToAudit } from './sql-audit-insert.ts'
import type { StateDatabase } from './state-database.ts'
import type { LoginGuardRow, StateTables } from './state-tables.ts'

/** A reservation that is older was left by a process that died. */
const LONGEST_ATTEMPT = 10_000
const MAX_STRANGERS = 100_000
const MAX_SWEPT = 500

type Tx = Transaction<StateTables>

/** The login guard in the state database: the rules of security.md 3 by their numbers. */
export const sqlGuard = (database: StateDatabase): LoginGuard => ({
  reserve: (name, policy) =>
    database.transact(async (tx) => {
      const found = await lockGuard(database, tx, name)
      const at = await database.now(tx)
      const counted = await countAbandoned(tx, found, at) // 1
      const { guard, answer } = judge(counted, policy, at) // 2 to 4
      if (guard !== found) await store(tx, guard)
      if (answer) return answer
      const open = await countReservations(tx, name)
      if (guard.failed + open >= policy.threshold) return { kind: 'wait' } // 5
      const id = makeUlid(at, database.random) // 6
      await tx.insertInto('login_reservations').values({ id, name, started_at: at }).execute()
      return { kind: 'granted', id }
    }),

  settle: (id, result, policy) =>
    database.transact(async (tx) => {
      const guard = await lockReserved(database, tx, id)
      if (!guard) return 'expired'
      const at = await database.now(tx)
      await deleteReservation(tx, id)
      if (result === 'void') return 'settled'
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
  const guard = await lockReserved(database, tx, id)
  return (
    guard && {
      async settleRight() {
        await deleteReservation(tx, id)
        await store(tx, { ...guard, failed: 0, locked_until: 0 })
      },
    }
  )
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
async function lockGuard({ now }: StateDatabase, tx: Tx, name: AccountName): Promise<LoginGuardRow> {
  for (;;) {
    const found = await findGuard(tx, name)
    if (found) return found
    await tx
      .insertInto('login_guards')
      .values({ name, failed: 0, locked_until: 0, last_failure_at: await now(tx) })
      .onConflict((on) => on.column('name').doNothing())
      .execute()
  }
}

const findGuard = (tx: Tx, name: AccountName): Promise<LoginGuardRow | undefined> =>
  tx.selectFrom('login_guards').selectAll().where('name', '=', name).forUpdate().executeTakeFirst()

const store = (tx: Tx, { name, ...columns }: LoginGuardRow) =>
  tx.updateTable('login_guards').set(columns).where('name', '=', name).execute()

/** Rule 1: what a dead process left, or what the clock's step back put into the future, counts as a failure each. */
async function countAbandoned(tx: Tx, guard: LoginGuardRow, at: number): Promise<LoginGuardRow> {
  const { numDeletedRows } = await tx
    .deleteFrom('login_reservations')
    .where('name', '=', guard.name)
    .where(({ eb, or }) =>
      or([eb('started_at', '<', at - LONGEST_ATTEMPT), eb('started_at', '>', at + LONGEST_ATTEMPT)]),
    )
    .executeTakeFirst()
  const abandoned = Number(numDeletedRows)
  return abandoned === 0 ? guard : { ...guard, failed: guard.failed + abandoned, last_failure_at: at }
}

/** Rules 2 to 4. */
function judge(
  guard: LoginGuardRow,
  { threshold, durationSeconds }: LockPolicy,
  at: number,
): { readonly guard: LoginGuardRow; readonly answer?: Reservation } {
  const longest = at + durationSeconds * 1_000
  if (guard.locked_until > at) {
    if (guard.locked_until <= longest) return { guard, answer: locked(guard.locked_until - at) }
    return { guard: { ...guard, locked_until: longest }, answer: locked(longest - at) } // the clock stepped back
  }
  if (guard.locked_until > 0) return { guard: { ...guard, failed: 0, locked_until: 0 } }
  if (guard.failed < threshold) return { guard }
  return { guard: { ...guard, locked_until: longest }, answer: locked(longest - at) }
}

const locked = (ms: number): Reservation => ({ kind: 'locked', retryAfterSeconds: Math.ceil(ms / 1_000) })

async function countReservations(tx: Tx, name: AccountName): Promise<number> {
  const { count } = await tx
    .selectFrom('login_reservations')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('name', '=', name)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** The guard, locked before it is seen whether the reservation is still there; undefined when it is not. */
async function lockReserved(database: StateDatabase, tx: Tx, id: string): Promise<LoginGuardRow | undefined> {
  const find = () =>
    tx.selectFrom('login_reservations').select('name').where('id', '=', id).executeTakeFirst()
  const found = await find()
  if (!found) return undefined
  const guard = await lockGuard(database, tx, found.name)
  return (await find()) && guard
}

const deleteReservation = (tx: Tx, id: string) =>
  tx.deleteFrom('login_reservations').where('id', '=', id).execute()
