import type { AuditEvent } from '@etcdmonitor/core/audit/audit-event'
import type { AccountName, Accounts } from '@etcdmonitor/core/ports/state-store'
import type { Transaction } from 'kysely'
import { toAccount, toRow } from './account-rows.ts'
import { addToAudit } from './sql-audit-insert.ts'
import { forget } from './sql-guard.ts'
import type { StateDatabase } from './state-database.ts'
import type { StateTables, UserRow } from './state-tables.ts'

type Tx = Transaction<StateTables>

/** What the command line does with accounts. */
export function sqlAccountUpkeep(
  database: StateDatabase,
): Pick<Accounts, 'list' | 'add' | 'setEnabled' | 'resetPassword'> {
  const { now, transact, look, excludeOthers } = database
  const tell = (tx: Tx, event: AuditEvent) => addToAudit(database, tx, { events: [event] })
  return {
    list: () =>
      look(async (read) => {
        const rows = await read.selectFrom('users').selectAll().orderBy('username').execute()
        return rows.map(toAccount)
      }),

    add: (account, audit) =>
      transact(async (tx) => {
        await excludeOthers(tx)
        if (await lockUser(tx, account.username)) return 'exists'
        await tx
          .insertInto('users')
          .values(toRow(account, await now(tx)))
          .execute()
        await tell(tx, audit)
        return 'created'
      }),

    setEnabled: ({ name, isEnabled, audit }) =>
      transact(async (tx) => {
        await excludeOthers(tx) // two that disable the last two see each other
        const user = await lockUser(tx, name)
        if (!user) return 'unknown'
        const enabled = isEnabled ? 1 : 0
        if (user.enabled === enabled) return 'same'
        if (!isEnabled && !(await isOtherEnabled(tx, user.id))) return 'last'
        await change(tx, user.id, { enabled, updated_at: await now(tx) })
        if (!isEnabled) await endSessions(tx, user.id)
        await tell(tx, audit)
        return 'changed'
      }),

    resetPassword: ({ name, to, audit }) =>
      transact(async (tx) => {
        await forget(tx, name) // before the account is locked, as every sign-in does
        const user = await lockUser(tx, name)
        if (!user) return 'unknown'
        const at = await now(tx)
        await change(tx, user.id, {
          password_hash: to,
          must_change_password: 1,
          password_changed_at: at,
          updated_at: at,
        })
        await endSessions(tx, user.id)
        await tell(tx, audit)
        return 'changed'
      }),
  }
}

const lockUser = (tx: Tx, name: AccountName): Promise<UserRow | undefined> =>
  tx.selectFrom('users').selectAll().where('username', '=', name).forUpdate().executeTakeFirst()

const isOtherEnabled = (tx: Tx, id: string): Promise<object | undefined> =>
  tx
    .selectFrom('users')
    .select('id')
    .where('enabled', '=', 1)
    .where('id', '!=', id)
    .limit(1)
    .executeTakeFirst()

const change = (tx: Tx, id: string, columns: Partial<UserRow>) =>
  tx.updateTable('users').set(columns).where('id', '=', id).execute()

const endSessions = (tx: Tx, id: string) => tx.deleteFrom('sessions').where('user_id', '=', id).execute()
