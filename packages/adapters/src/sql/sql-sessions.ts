import { AppError } from '@etcdmonitor/core/errors'
import type { Session, Sessions } from '@etcdmonitor/core/ports/state-store'
import { addToAudit } from './sql-audit-insert.ts'
import type { StateDatabase } from './state-database.ts'
import type { SessionRow } from './state-tables.ts'

/** Nearly every request waits for it. */
const FIND_LIMIT = 1_000
const SEEN_EVERY = 60_000
/** Nobody waits long for the note of when a session was seen. */
const SEEN_LIMIT = 200
/** Expired rows stay so long: a stream may still look at its own (security.md 4). */
const KEPT = 2 * 3_600_000
const MAX_SWEPT = 500

/** Sessions in the state database. Does not own it. */
export const sqlSessions = (database: StateDatabase): Sessions => ({
  async find(idHash) {
    const row = await findLive(database, idHash)
    if (row && row.now - row.last_seen_at >= SEEN_EVERY) await noteSeen(database, idHash, row.now)
    return row && toSession(row)
  },

  isPresent: (idHash) =>
    database.look(async (read) => {
      const found = await read
        .selectFrom('sessions')
        .select('id_hash')
        .where('id_hash', '=', idHash)
        .executeTakeFirst()
      return found !== undefined
    }, FIND_LIMIT),

  end: (idHash, audit) =>
    database.transact(async (tx) => {
      const { numDeletedRows } = await tx
        .deleteFrom('sessions')
        .where('id_hash', '=', idHash)
        .executeTakeFirst()
      if (numDeletedRows === 0n) return false
      await addToAudit(database, tx, { events: [audit] })
      return true
    }),
})

/** Removes up to 500 sessions that expired more than 2 h ago. True: there may be more. */
export const sweepSessions = ({ now, transact }: StateDatabase): Promise<boolean> =>
  transact(async (tx) => {
    const at = await now(tx)
    const old = tx
      .selectFrom('sessions')
      .select('id_hash')
      .where('expires_at', '>', 0)
      .where('expires_at', '<', at - KEPT)
      .limit(MAX_SWEPT)
    const { numDeletedRows } = await tx
      .deleteFrom('sessions')
      .where('id_hash', 'in', old)
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows) === MAX_SWEPT
  })

type FoundRow = SessionRow & { readonly username: string; readonly now: number }

const findLive = (
  { look, nowMs }: StateDatabase,
  idHash: Uint8Array<ArrayBuffer>,
): Promise<FoundRow | undefined> =>
  look(
    (read) =>
      read
        .selectFrom('sessions')
        .innerJoin('users', 'users.id', 'sessions.user_id')
        .selectAll('sessions')
        .select(['users.username', nowMs().as('now')])
        .where('sessions.id_hash', '=', idHash)
        .where('users.enabled', '=', 1)
        .where(({ eb, or }) =>
          or([eb('sessions.expires_at', '=', 0), eb('sessions.expires_at', '>', nowMs())]),
        )
        .executeTakeFirst(),
    FIND_LIMIT,
  )

/** Best effort: a store that cannot write still lets in who is signed in. */
async function noteSeen(
  { transact }: StateDatabase,
  idHash: Uint8Array<ArrayBuffer>,
  at: number,
): Promise<void> {
  try {
    await transact(
      (tx) =>
        tx
          .updateTable('sessions')
          .set({ last_seen_at: at })
          .where('id_hash', '=', idHash)
          .where('last_seen_at', '<=', at - SEEN_EVERY)
          .execute(),
      SEEN_LIMIT,
    )
  } catch (error) {
    if (!(error instanceof AppError)) throw error
  }
}

const toSession = (row: FoundRow): Session => ({
  idHash: row.id_hash,
  userId: row.user_id,
  username: row.username,
  kid: row.kid,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastSeenAt: row.last_seen_at,
  address: row.address,
  userAgent: row.user_agent,
})
