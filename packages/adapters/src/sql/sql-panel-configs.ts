import type { PanelConfigs } from '@etcdmonitor/core/ports/state-store'
import { addToAudit } from './sql-audit-insert.ts'
import type { StateDatabase } from './state-database.ts'

const MAX_BYTES = 65_536

/** Panel configurations in the state database. Does not own it. */
export const sqlPanelConfigs = (database: StateDatabase): PanelConfigs => ({
  get: (userId) =>
    database.look(async (read) => {
      const found = await read
        .selectFrom('panel_configs')
        .select('document')
        .where('user_id', '=', userId)
        .executeTakeFirst()
      return found?.document
    }),

  async put(userId, document, audit) {
    const { byteLength } = new TextEncoder().encode(document)
    if (byteLength > MAX_BYTES) throw new RangeError(`a panel configuration of ${byteLength} bytes`)
    await database.transact(async (tx) => {
      const columns = { document, updated_at: await database.now(tx) }
      await tx
        .insertInto('panel_configs')
        .values({ user_id: userId, ...columns })
        .onConflict((on) => on.column('user_id').doUpdateSet(columns))
        .execute()
      await addToAudit(database, tx, { events: [audit] })
    })
  },
})
