import { type Generated, type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** One row a phase; rows are inserted and, by retention, deleted. Texts are `''` where they do not apply. */
export interface AuditTable {
  id: Generated<number>
  class: 'act' | 'failure'
  op_id: string
  phase: 'intent' | 'outcome' | 'late' | 'event'
  at: number
  user_id: string | null
  username: string
  session_ref: string
  address: string
  instance_id: string
  request_id: string
  operation: string
  target: string
  params: string
  outcome: string
  code: string
  message: string
  duration_ms: number
  count: number
  run_id: string
  cluster_id: string
}

export type AuditRow = Selectable<AuditTable>
export type NewAuditRow = Insertable<AuditTable>

const TEXTS = [
  'username',
  'session_ref',
  'address',
  'instance_id',
  'request_id',
  'operation',
  'target',
  'params',
  'outcome',
  'code',
  'message',
  'run_id',
  'cluster_id',
]

/** Those that stand for an entry: an outcome is found by its `op_id`. */
const ENTRIES_BY = [
  ['audit_by_operation', ['operation', 'id']],
  ['audit_by_username', ['username', 'id']],
  ['audit_by_time', ['at']],
] as const

export async function createAuditLog(db: Kysely<unknown>, { instant, identity }: ColumnTypes): Promise<void> {
  let table = db.schema
    .createTable('audit_log')
    .addColumn('id', instant, (column) =>
      identity === 'autoincrement'
        ? column.primaryKey().autoIncrement()
        : column.generatedAlwaysAsIdentity().primaryKey(),
    )
    .addColumn('class', 'text', (column) => column.notNull())
    .addColumn('op_id', 'text', (column) => column.notNull())
    .addColumn('phase', 'text', (column) => column.notNull())
    .addColumn('at', instant, (column) => column.notNull())
    .addColumn('user_id', 'text')
    .addColumn('duration_ms', instant, (column) => column.notNull())
    .addColumn('count', instant, (column) => column.notNull())
    .addUniqueConstraint('audit_phases', ['op_id', 'phase'])
  for (const name of TEXTS) table = table.addColumn(name, 'text', (column) => column.notNull())
  await table.execute()
  for (const [name, columns] of ENTRIES_BY)
    await db.schema
      .createIndex(name)
      .on('audit_log')
      .columns([...columns])
      .where(sql.ref('phase'), 'in', sql`('intent', 'event')`)
      .execute()
  await db.schema.createIndex('audit_by_class').on('audit_log').columns(['class', 'id']).execute()
}
