import type { Operation, RunState } from '@etcdmonitor/core/ports/run-store'
import type { Kysely } from 'kysely'
import type { ColumnTypes } from './column-types.ts'

/** Texts of `params`, `steps`, `progress`, `result` and `error` are JSON. */
export interface RunRow {
  id: string
  cluster_id: string
  operation: Operation
  state: RunState
  account_id: string
  username: string
  params: string
  steps: string
  progress: string | null
  result: string | null
  error: string | null
  cancel_requested: number
  started_at: number
  updated_at: number
  finished_at: number | null
}

export interface RunLockRow {
  cluster_id: string
  run_id: string
  instance_id: string
  generation: number
  acquired_at: number
}

export interface InstanceRow {
  id: string
  kind: string
  host: string
  pid: number
  version: string
  started_at: number
  /** 0: it has left. */
  heartbeat_at: number
}

export async function createRuns(db: Kysely<unknown>, { instant, flag }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('ops_runs')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('cluster_id', 'text', (column) => column.notNull())
    .addColumn('operation', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('account_id', 'text', (column) => column.notNull())
    .addColumn('username', 'text', (column) => column.notNull())
    .addColumn('params', 'text', (column) => column.notNull())
    .addColumn('steps', 'text', (column) => column.notNull())
    .addColumn('progress', 'text')
    .addColumn('result', 'text')
    .addColumn('error', 'text')
    .addColumn('cancel_requested', flag, (column) => column.notNull())
    .addColumn('started_at', instant, (column) => column.notNull())
    .addColumn('updated_at', instant, (column) => column.notNull())
    .addColumn('finished_at', instant)
    .execute()
  await db.schema.createIndex('runs_by_operation').on('ops_runs').columns(['operation', 'id']).execute()
  await db.schema.createIndex('runs_by_state').on('ops_runs').columns(['state', 'id']).execute()
  await db.schema.createIndex('runs_by_start').on('ops_runs').column('started_at').execute()
  await db.schema
    .createTable('ops_lock')
    .addColumn('cluster_id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('run_id', 'text', (column) => column.notNull().unique())
    .addColumn('instance_id', 'text', (column) => column.notNull())
    .addColumn('generation', instant, (column) => column.notNull())
    .addColumn('acquired_at', instant, (column) => column.notNull())
    .execute()
}

export async function createInstances(db: Kysely<unknown>, { instant }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('instances')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('host', 'text', (column) => column.notNull())
    .addColumn('pid', instant, (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('started_at', instant, (column) => column.notNull())
    .addColumn('heartbeat_at', instant, (column) => column.notNull())
    .execute()
  await db.schema.createIndex('instances_by_heartbeat').on('instances').column('heartbeat_at').execute()
}
