import type { Ticket, Tickets } from '@etcdmonitor/core/ports/state-store'
import { addToAudit } from './sql-audit-insert.ts'
import type { StateDatabase } from './state-database.ts'
import type { TicketRow } from './state-tables.ts'

const MAX_SWEPT = 500

/** Tickets in the state database. Does not own it. */
export const sqlTickets = (database: StateDatabase): Tickets => ({
  create: (ticket, audit) =>
    database.transact(async (tx) => {
      const session = await tx
        .selectFrom('sessions')
        .select('id_hash')
        .where('id_hash', '=', ticket.sessionHash)
        .forUpdate() // it cannot end before the ticket is there to end with it
        .executeTakeFirst()
      if (!session) return false
      await tx.insertInto('tickets').values(toRow(ticket)).execute()
      await addToAudit(database, tx, { events: [audit] })
      return true
    }),

  find: (hash) =>
    database.look(async (read) => {
      const row = await read
        .selectFrom('tickets')
        .selectAll()
        .where('hash', '=', hash)
        .where('expires_at', '>', database.nowMs())
        .executeTakeFirst()
      return row && toTicket(row)
    }),

  use: (hash) =>
    database.transact(async (tx) => {
      const row = await tx
        .deleteFrom('tickets')
        .where('hash', '=', hash)
        .where('expires_at', '>', database.nowMs())
        .returningAll()
        .executeTakeFirst()
      return row && toTicket(row)
    }),
})

/** Removes up to 500 tickets that expired. True: there may be more. */
export const sweepTickets = ({ now, transact }: StateDatabase): Promise<boolean> =>
  transact(async (tx) => {
    const at = await now(tx)
    const old = tx.selectFrom('tickets').select('hash').where('expires_at', '<', at).limit(MAX_SWEPT)
    const { numDeletedRows } = await tx
      .deleteFrom('tickets')
      .where('hash', 'in', old)
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows) === MAX_SWEPT
  })

const toRow = ({ hash, sessionHash, userId, clusterId, memberId, expiresAt }: Ticket): TicketRow => ({
  hash,
  session_hash: sessionHash,
  user_id: userId,
  cluster_id: clusterId,
  member_id: memberId,
  expires_at: expiresAt,
})

const toTicket = (row: TicketRow): Ticket => ({
  hash: row.hash,
  sessionHash: row.session_hash,
  userId: row.user_id,
  clusterId: row.cluster_id,
  memberId: row.member_id,
  expiresAt: row.expires_at,
})
