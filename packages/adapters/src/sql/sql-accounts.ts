import type { AuditEvent } from '@etcdmonitor/core/audit/audit-event'
import type { Accounts, NewSession } from '@etcdmonitor/core/ports/state-store'
import type { Transaction } from 'kysely'
import { toAccount, toRow } from './account-rows.ts'
import { sqlAccountUpkeep } from './sql-account-upkeep.ts'
import { addToAudit } from './sql-audit-insert.ts'
import { holdReservation } from './sql-guard.ts'
import type { StateDatabase } from './state-database.ts'
import type { StateTables, UserRow } from './state-tables.ts'
import { storableText } from './storable-text.ts'

const MAX_SESSIONS = 100

type Tx = Transaction<StateTables>

interface Verified {
  readonly reservationId: string
  readonly userId: string
  /** The hash that the password was verified against. */
  readonly verified: string
  readonly audit: AuditEvent
}

type Act<T> = (tx: Tx, user: UserRow, at: number) => Promise<T>

/** Accounts in the state database. Does not own it. */
export function sqlAccounts(database: StateDatabase): Accounts {
  const { now, transact, look, excludeOthers } = database

  /** Settles as right and acts, or does nothing. Locks the guard, then the account. */
  const settleRight = <T>({ reservationId, userId, verified, audit }: Verified, act: Act<T>) =>
    transact(async (tx): Promise<T | 'stale' | 'expired'> => {
      const reserved = await holdReservation(database, tx, reservationId)
      if (!reserved) return 'expired'
      const user = await stillVerified(tx, userId, verified)
      if (!user) return 'stale'
      const outcome = await act(tx, user, await now(tx))
      if (outcome === 'stale') return outcome
      await reserved.settleRight()
      await addToAudit(database, tx, { events: [audit] })
      return outcome
    })

  return {
    ...sqlAccountUpkeep(database),
    count: () =>
      look(async (read) => {
        const { users } = await read
          .selectFrom('users')
          .select((all) => all.fn.countAll<number>().as('users'))
          .executeTakeFirstOrThrow()
        return users
      }),

    find: (name) =>
      look(async (read) => {
        const row = await read.selectFrom('users').selectAll().where('username', '=', name).executeTakeFirst()
        return row && toAccount(row)
      }),

    get: (id) =>
      look(async (read) => {
        const row = await read.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst()
        return row && toAccount(row)
      }),

    createFirst: (account, publish) =>
      transact(async (tx) => {
        await excludeOthers(tx)
        const any = await tx.selectFrom('users').select('id').limit(1).executeTakeFirst()
        if (any) return 'exists'
        await tx
          .insertInto('users')
          .values(toRow(account, await now(tx)))
          .execute()
        await publish?.()
        return 'created'
      }),

    signIn: ({ session, rehash, ...verified }) =>
      settleRight({ ...verified, userId: session.userId }, async (tx, user, at) => {
        if (user.must_change_password) return 'stale'
        await tx
          .updateTable('users')
          .set({ last_login_at: at, ...(rehash !== undefined && { password_hash: rehash, updated_at: at }) })
          .where('id', '=', user.id)
          .execute()
        await tx.insertInto('sessions').values(toSessionRow(session, at)).execute()
        await endOldest(tx, { ...session, at })
        return 'created'
      }),

    changePassword: ({ to, ...verified }) =>
      settleRight<'changed'>(verified, async (tx, user, at) => {
        await tx
          .updateTable('users')
          .set({ password_hash: to, must_change_password: 0, password_changed_at: at, updated_at: at })
          .where('id', '=', user.id)
          .execute()
        await tx.deleteFrom('sessions').where('user_id', '=', user.id).execute()
        return 'changed'
      }),

    accept: (verified) => settleRight<'settled'>(verified, async () => 'settled'),
  }
}

/** The enabled account whose hash is still the one that was verified. */
const stillVerified = (tx: Tx, id: string, verified: string): Promise<UserRow | undefined> =>
  tx
    .selectFrom('users')
    .selectAll()
    .where('id', '=', id)
    .where('password_hash', '=', verified)
    .where('enabled', '=', 1)
    .forUpdate()
    .executeTakeFirst()

/** Never the session that has just begun, also when the clock stepped back. */
async function endOldest(
  tx: Tx,
  { userId, idHash, at }: Pick<NewSession, 'userId' | 'idHash'> & { readonly at: number },
): Promise<void> {
  const beyond = await tx
    .selectFrom('sessions')
    .select('id_hash')
    .where('user_id', '=', userId)
    .where('id_hash', '!=', idHash)
    .where(({ eb, or }) => or([eb('expires_at', '=', 0), eb('expires_at', '>', at)]))
    .orderBy('created_at', 'desc')
    .orderBy('id_hash')
    .limit(MAX_SESSIONS) // SQLite takes no offset without one; there is never more than one to end
    .offset(MAX_SESSIONS - 1)
    .execute()
  const ids = beyond.map(({ id_hash }) => id_hash)
  if (ids.length > 0) await tx.deleteFrom('sessions').where('id_hash', 'in', ids).execute()
}

const toSessionRow = (session: NewSession, at: number) => ({
  id_hash: session.idHash,
  user_id: session.userId,
  kid: session.kid,
  created_at: at,
  expires_at: session.expiresAt,
  last_seen_at: at,
  address: storableText(session.address, 64),
  user_agent: storableText(session.userAgent, 200),
})
