import type { AuditKept } from '@etcdmonitor/core/ports/audit-log'
import { makeUlid } from '@etcdmonitor/core/ulid'
import type { Transaction } from 'kysely'
import { addToAudit } from './sql-audit-insert.ts'
import { IS_ENTRY } from './sql-audit-read.ts'
import type { StateDatabase } from './state-database.ts'
import type { StateTables } from './state-tables.ts'

const DAY = 86_400_000
/** Acts that are younger are never trimmed: nobody can write evidence away in an hour. */
const ACTS_STAY = 7 * DAY
/** Entries of one piece: with intent, outcome and late outcome of each at most 500 rows. */
const PIECE = 166
const MAX_ORPHANS = 500

type Tx = Transaction<StateTables>

/** One piece of retention; true: there may be more. */
export const sweepAudit = (database: StateDatabase, { days, maxRows }: AuditKept): Promise<boolean> =>
  database.transact(async (tx) => {
    const at = await database.now(tx)
    const old = await deleteOlder(tx, at - days * DAY)
    return old || (await deleteSurplus(database, tx, { at, maxRows }))
  })

/** True: there may be more. */
async function deleteOlder(tx: Tx, before: number): Promise<boolean> {
  const old = await entries(tx).where('at', '<', before).orderBy('at').limit(PIECE).execute()
  await deleteEntries(tx, old)
  if (old.length === PIECE) return true
  // No older entry is left: what is still as old at the head of the table are outcomes whose intent was never committed.
  const head = tx.selectFrom('audit_log').select(['id', 'phase', 'at']).orderBy('id').limit(MAX_ORPHANS)
  const orphans = tx
    .selectFrom(head.as('head'))
    .select('head.id')
    .where('head.phase', 'in', ['outcome', 'late'])
    .where('head.at', '<', before)
  const { numDeletedRows } = await tx
    .deleteFrom('audit_log')
    .where('id', 'in', orphans)
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows) === MAX_ORPHANS
}

/** Beyond `maxRows` rows the oldest failures go, then the oldest acts, of which an entry tells. True: there may be more. */
async function deleteSurplus(
  database: StateDatabase,
  tx: Tx,
  { at, maxRows }: { readonly at: number; readonly maxRows: number },
): Promise<boolean> {
  const { rows } = await tx
    .selectFrom('audit_log')
    .select(({ fn }) => fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow()
  const surplus = Number(rows) - maxRows
  if (surplus <= 0) return false
  const failures = await oldest(tx, 'failure', at).limit(Math.min(PIECE, surplus)).execute()
  if (failures.length > 0) {
    await deleteEntries(tx, failures)
    return true
  }
  const room = surplus + 1 // for the entry that tells of it
  const acts = await oldest(tx, 'act', at - ACTS_STAY)
    .limit(Math.min(PIECE, room))
    .execute()
  const last = acts.at(-1)
  if (!last) return false
  await deleteEntries(tx, acts)
  const params = JSON.stringify({ entries: acts.length, until: Math.floor(last.at / 1_000) })
  await addToAudit(database, tx, { events: [trimmed(makeUlid(at, database.random), params)] })
  return true
}

const entries = (tx: Tx) => tx.selectFrom('audit_log').select(['op_id', 'at']).where(IS_ENTRY)

const oldest = (tx: Tx, kind: 'act' | 'failure', before: number) =>
  entries(tx).where('class', '=', kind).where('at', '<', before).orderBy('id')

async function deleteEntries(tx: Tx, gone: readonly { readonly op_id: string }[]): Promise<void> {
  const ids = gone.map(({ op_id }) => op_id)
  if (ids.length > 0) await tx.deleteFrom('audit_log').where('op_id', 'in', ids).execute()
}

const trimmed = (opId: string, params: string) => ({
  opId,
  class: 'act' as const,
  operation: 'audit_trimmed' as const,
  username: '',
  sessionRef: '',
  address: '',
  requestId: '',
  target: 'audit log',
  params,
  runId: '',
  clusterId: '',
  verdict: 'succeeded' as const,
  code: '',
  message: 'ok',
  durationMs: 0,
  count: 1,
})
