import type { AuditIntent } from '@etcdmonitor/core/audit/audit-event'
import type { AuditKept, AuditLog } from '@etcdmonitor/core/ports/audit-log'
import { makeUlid } from '@etcdmonitor/core/ulid'
import type { Transaction } from 'kysely'
import { type AuditClass, walkClass } from './sql-audit-count.ts'
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
/** Intent and outcome of the entry that tells of a trim. */
const TOLD = 2
/** Above every id. */
const ALL = Number.MAX_SAFE_INTEGER

type Tx = Transaction<StateTables>

/** Rows up to these ids are too much: the same for all processes that sweep at once. */
type Cuts = Readonly<Record<AuditClass, number>>

/** Acts that were removed before their time, by one sweep. */
interface Trim {
  readonly opId: string
  readonly entries: number
  /** Unix ms of the newest. */
  readonly until: number
}

/**
 * Retention, piece by piece. An entry `audit_trimmed` tells of acts that go before their time: its intent is committed with the first
 * piece, its outcome says at the end how many went; a process that dies in between leaves it `interrupted`.
 */
export function createAuditSweep(database: StateDatabase): AuditLog['sweep'] {
  let cuts: Cuts | undefined
  let trim: Trim | undefined

  return async ({ days, maxRows }) => {
    if (await deleteOlder(database, days)) return { more: true }
    cuts ??= await findCuts(database, maxRows)
    if (cuts && (await deleteFailures(database, cuts))) return { more: true }
    const trimmed = cuts && (await deleteActs(database, cuts, { maxRows, before: trim }))
    if (trimmed) {
      trim = trimmed
      return { more: true }
    }
    if (trim) await tellTrim(database, trim)
    cuts = undefined
    trim = undefined
    return { more: false }
  }
}

/** Of entries that are older than `days`. True: there may be more. */
const deleteOlder = (database: StateDatabase, days: AuditKept['days']): Promise<boolean> =>
  database.transact(async (tx) => {
    const before = (await database.now(tx)) - days * DAY
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
  })

/**
 * Beyond `maxRows` rows the oldest failures go, then the oldest acts, with room for what tells of it; undefined: nothing is too much.
 * Counted from the newest down, to what stays: another process that sweeps meanwhile takes from the other end.
 */
async function findCuts(database: StateDatabase, maxRows: number): Promise<Cuts | undefined> {
  const failures = await walkClass(database, 'failure')
  const acts = await walkClass(database, 'act')
  if (failures.rows + acts.rows <= maxRows) return undefined
  const room = maxRows - acts.rows
  if (room >= 0) return { failure: await cutBelow(database, 'failure', room), act: 0 }
  return { failure: ALL, act: await cutBelow(database, 'act', Math.max(maxRows - TOLD, 0)) }
}

/** The highest id below the newest `kept` rows; 0 when there are no more than these. */
async function cutBelow(database: StateDatabase, kind: AuditClass, kept: number): Promise<number> {
  if (kept === 0) return ALL
  const { rows, last } = await walkClass(database, kind, kept)
  return rows < kept ? 0 : last - 1
}

/** True: there may be more. */
const deleteFailures = (database: StateDatabase, { failure }: Cuts): Promise<boolean> =>
  database.transact(async (tx) => {
    const old = await upTo(tx, 'failure', failure).limit(PIECE).execute()
    await deleteEntries(tx, old)
    return old.length > 0
  })

/** What went so far; undefined: nothing is left to go. */
const deleteActs = (
  database: StateDatabase,
  { act }: Cuts,
  { maxRows, before }: { readonly maxRows: number; readonly before: Trim | undefined },
): Promise<Trim | undefined> =>
  database.transact(async (tx) => {
    const at = await database.now(tx)
    const old = await upTo(tx, 'act', act)
      .where('at', '<', at - ACTS_STAY)
      .limit(PIECE)
      .execute()
    const last = old.at(-1)
    if (!last) return undefined
    const gone = await deleteEntries(tx, old)
    const opId = before?.opId ?? makeUlid(at, database.random)
    if (!before) await addToAudit(database, tx, { intents: [trimming(opId, maxRows)] })
    return { opId, entries: (before?.entries ?? 0) + gone, until: last.at }
  })

const tellTrim = (database: StateDatabase, { opId, entries: count, until }: Trim): Promise<void> => {
  const result = JSON.stringify({ entries: count, until: Math.floor(until / 1_000) })
  const outcome = { opId, verdict: 'succeeded' as const, code: '', message: `ok ${result}`, durationMs: 0 }
  return database.transact((tx) => addToAudit(database, tx, { outcomes: [outcome] }))
}

const entries = (tx: Tx) => tx.selectFrom('audit_log').select(['op_id', 'at']).where(IS_ENTRY)

const upTo = (tx: Tx, kind: AuditClass, id: number) =>
  entries(tx).where('class', '=', kind).where('id', '<=', id).orderBy('id')

/** @returns how many of them were still there */
async function deleteEntries(tx: Tx, gone: readonly { readonly op_id: string }[]): Promise<number> {
  if (gone.length === 0) return 0
  const ids = gone.map(({ op_id }) => op_id)
  const rows = await tx.deleteFrom('audit_log').where('op_id', 'in', ids).returning('phase').execute()
  return rows.filter(({ phase }) => phase === 'intent' || phase === 'event').length
}

const trimming = (opId: string, maxRows: number): AuditIntent => ({
  opId,
  class: 'act',
  operation: 'audit_trimmed',
  username: '',
  sessionRef: '',
  address: '',
  requestId: '',
  target: 'audit log',
  params: JSON.stringify({ max_rows: maxRows }),
  runId: '',
  clusterId: '',
})
