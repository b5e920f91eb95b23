import type { Instance, Instances } from '@etcdmonitor/core/ports/instances'
import type { ExpressionBuilder, Transaction } from 'kysely'
import { addToAudit } from './sql-audit-insert.ts'
import type { StateDatabase } from './state-database.ts'
import type { StateTables } from './state-tables.ts'

/** A heartbeat that is further away from the store's clock, back or ahead, is of a dead process. */
const DEAD_AFTER = 30_000
const MAX_TOGETHER = 500
const KEPT = 86_400_000

type Tx = Transaction<StateTables>

/** Who lives, in the state database. Does not own it. */
export const sqlInstances = (database: StateDatabase): Instances => ({
  id: database.instanceId,

  beat: (instance) =>
    database.transact(async (tx) => {
      const now = await database.now(tx)
      await tx
        .insertInto('instances')
        .values(toRow(database.instanceId, instance, now))
        .onConflict((on) => on.column('id').doUpdateSet({ heartbeat_at: now }))
        .execute()
      const cancelled = await tx
        .selectFrom('ops_lock')
        .innerJoin('ops_runs', 'ops_runs.id', 'ops_lock.run_id')
        .select('ops_runs.id')
        .where('ops_lock.instance_id', '=', database.instanceId)
        .where('ops_runs.cancel_requested', '=', 1)
        .where('ops_runs.state', '=', 'running')
        .execute()
      return { now, cancelled: cancelled.map(({ id }) => id) }
    }),

  leave: () =>
    database.transact(async (tx) => {
      await tx
        .updateTable('instances')
        .set({ heartbeat_at: 0 })
        .where('id', '=', database.instanceId)
        .execute()
    }),

  interruptDead: () =>
    database.transact(async (tx) => {
      const now = await database.now(tx)
      const open = await tx
        .selectFrom('audit_log')
        .select('op_id')
        .where('phase', '=', 'intent')
        .where(hasNoOutcome)
        .where((builder) => builder.not(hasLivingOwner(now)(builder)))
        .orderBy('op_id')
        .limit(MAX_TOGETHER)
        .execute()
      await interrupt(
        database,
        tx,
        open.map(({ op_id }) => op_id),
      )
      return open.length
    }),
})

/** Removes processes that were not heard of for a day and left nothing open. */
export const sweepInstances = ({ now, transact }: StateDatabase): Promise<void> =>
  transact(async (tx) => {
    const old = (await now(tx)) - KEPT
    await tx
      .deleteFrom('instances')
      .where('heartbeat_at', '<', old)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('ops_lock').select('run_id').whereRef('ops_lock.instance_id', '=', 'instances.id'),
          ),
        ),
      )
      .execute()
  })

/** Marks the heartbeat of this process; what it writes with it proves that it lives. */
export const heartbeat = (tx: Tx, { instanceId }: Pick<StateDatabase, 'instanceId'>, now: number) =>
  tx.updateTable('instances').set({ heartbeat_at: now }).where('id', '=', instanceId).execute()

/** Whether a process is dead by its row, which is locked. */
export async function isDead(tx: Tx, instanceId: string, now: number): Promise<boolean> {
  const row = await tx
    .selectFrom('instances')
    .select('heartbeat_at')
    .where('id', '=', instanceId)
    .forUpdate()
    .executeTakeFirst()
  return row === undefined || Math.abs(now - row.heartbeat_at) > DEAD_AFTER
}

/** What the audit log says of acts whose process is gone; it gives way to what that process says if it lives after all. */
export const interrupt = (database: StateDatabase, tx: Tx, opIds: readonly string[]): Promise<void> =>
  addToAudit(database, tx, {
    outcomes: opIds.map((opId) => ({
      opId,
      verdict: 'interrupted',
      code: '',
      message: 'the process that did it is gone',
      durationMs: 0,
    })),
  })

export const hasNoOutcome = ({ not, exists, selectFrom }: ExpressionBuilder<StateTables, 'audit_log'>) =>
  not(
    exists(
      selectFrom('audit_log as ended')
        .select('ended.id')
        .whereRef('ended.op_id', '=', 'audit_log.op_id')
        .where('ended.phase', '=', 'outcome'),
    ),
  )

const hasLivingOwner =
  (now: number) =>
  ({ exists, selectFrom }: ExpressionBuilder<StateTables, 'audit_log'>) =>
    exists(
      selectFrom('instances')
        .select('instances.id')
        .whereRef('instances.id', '=', 'audit_log.instance_id')
        .where('heartbeat_at', '>=', now - DEAD_AFTER)
        .where('heartbeat_at', '<=', now + DEAD_AFTER),
    )

const toRow = (id: string, { kind, host, pid, version }: Instance, now: number) => ({
  id,
  kind,
  host: host.slice(0, 255),
  pid,
  version: version.slice(0, 32),
  started_at: now,
  heartbeat_at: now,
})
