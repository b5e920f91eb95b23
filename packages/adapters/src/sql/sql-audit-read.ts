import type {
  AuditEntry,
  AuditFilter,
  AuditOperation,
  AuditVerdict,
} from '@etcdmonitor/core/audit/audit-event'
import { type Kysely, type SelectQueryBuilder, type SqlBool, sql } from 'kysely'
import type { AuditRow } from './audit-table.ts'
import type { StateDatabase } from './state-database.ts'
import type { StateTables } from './state-tables.ts'
import { storableText } from './storable-text.ts'

interface Choice {
  readonly filter: AuditFilter
  readonly before?: number | undefined
}

/** A filter that looks into rows which no index can choose. */
export const isSearch = ({ text, success, isAccount }: AuditFilter): boolean =>
  text !== undefined || success !== undefined || isAccount !== undefined

/** In letters, not as parameters: else SQLite takes no index that has the same condition. */
export const IS_ENTRY = sql<SqlBool>`phase in ('intent', 'event')`

/** The rows of entries that an index chooses. */
export function chosenRows(
  read: Kysely<StateTables>,
  { filter: { operation, username, from, to }, before }: Choice,
) {
  let rows = read.selectFrom('audit_log').where(IS_ENTRY)
  if (before !== undefined) rows = rows.where('id', '<', before)
  if (operation !== undefined) rows = rows.where('operation', '=', operation)
  if (username !== undefined) rows = rows.where('username', '=', asStored(username))
  if (from !== undefined) rows = rows.where('at', '>=', from)
  if (to !== undefined) rows = rows.where('at', '<', to)
  return rows
}

/** A text that is looked for, in the form that it has in the table. */
const asStored = (text: string): string => storableText(text, 1_024)

type Rows = SelectQueryBuilder<StateTables, 'audit_log', AuditRow>

/** Rows with the outcome of their act: the `late` one, else the first; an event has its own. */
export const completed = (read: Kysely<StateTables>, rows: Rows) =>
  read
    .selectFrom(rows.as('entry'))
    .leftJoin('audit_log as first', (join) =>
      join.onRef('first.op_id', '=', 'entry.op_id').on('first.phase', '=', 'outcome'),
    )
    .leftJoin('audit_log as late', (join) =>
      join.onRef('late.op_id', '=', 'entry.op_id').on('late.phase', '=', 'late'),
    )
    .select(({ fn, ref }) => {
      const said = <C extends 'outcome' | 'code' | 'message' | 'duration_ms'>(column: C) =>
        fn.coalesce(ref(`late.${column}`), ref(`first.${column}`), ref(`entry.${column}`))
      return [
        said('outcome').as('outcome'),
        said('code').as('code'),
        said('message').as('message'),
        said('duration_ms').as('duration_ms'),
      ]
    })
    .select([
      'entry.id',
      'entry.at',
      'entry.op_id',
      'entry.class',
      'entry.operation',
      'entry.user_id',
      'entry.username',
      'entry.session_ref',
      'entry.address',
      'entry.request_id',
      'entry.target',
      'entry.params',
      'entry.run_id',
      'entry.cluster_id',
      'entry.count',
    ])

type CompletedRows = ReturnType<typeof completed>

/** Those of the completed rows that pass, newest first. */
export async function matching(
  database: Pick<StateDatabase, 'holds'>,
  rows: CompletedRows,
  filter: AuditFilter,
): Promise<readonly AuditEntry[]> {
  const found = await passing(database, rows, filter).orderBy('entry.id', 'desc').execute()
  return found.map(toEntry)
}

/** How many of them pass. */
export async function countOf(
  database: Pick<StateDatabase, 'holds'>,
  rows: CompletedRows,
  filter: AuditFilter,
): Promise<number> {
  const { count } = await passing(database, rows, filter)
    .clearSelect()
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

function passing(
  { holds }: Pick<StateDatabase, 'holds'>,
  rows: CompletedRows,
  { text, success, isAccount }: AuditFilter,
): CompletedRows {
  let some = rows
  if (isAccount !== undefined)
    some = some.where(({ selectFrom, exists, not }) => {
      const account = exists(
        selectFrom('users').select('users.id').whereRef('users.username', '=', 'entry.username'),
      )
      return isAccount ? account : not(account)
    })
  if (success !== undefined)
    some = some.where(
      ({ fn }) => fn.coalesce('late.outcome', 'first.outcome', 'entry.outcome'),
      success ? '=' : '!=',
      'succeeded',
    )
  if (text !== undefined) {
    const part = asStored(text).replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
    some = some.where(({ or, fn, ref }) =>
      or([
        holds(ref('entry.target'), part),
        holds(ref('entry.params'), part),
        holds(fn.coalesce('late.message', 'first.message', 'entry.message'), part),
      ]),
    )
  }
  return some
}

type Completed = Awaited<ReturnType<CompletedRows['execute']>>[number]

const toEntry = (row: Completed): AuditEntry => ({
  id: row.id,
  at: row.at,
  opId: row.op_id,
  class: row.class,
  operation: row.operation as AuditOperation, // written by this adapter alone
  ...(row.user_id !== null && { userId: row.user_id }),
  username: row.username,
  sessionRef: row.session_ref,
  address: row.address,
  requestId: row.request_id,
  target: row.target,
  params: row.params,
  runId: row.run_id,
  clusterId: row.cluster_id,
  verdict: row.outcome === '' ? 'pending' : (row.outcome as AuditVerdict), // likewise; an intent alone has ''
  code: row.code,
  message: row.message,
  durationMs: row.duration_ms,
  count: row.count,
})
