import { setImmediate } from 'node:timers/promises'
import { AppError } from '@etcdmonitor/core/errors'
import type { Instance, Instances } from '@etcdmonitor/core/ports/instances'
import type { ExpressionBuilder, Transaction } from 'kysely'
import { addToAudit } from './sql-audit-insert.ts'
import type { StateDatabase } from './state-database.ts'
import type { StateTables } from './state-tables.ts'

/** A heartbeat that is further away from the store's clock, back or ahead, is of a dead process. */
const DEAD_AFTER = 30_000
/** Rows of the audit log that one look walks over. */
const LOOKED_TOGETHER = 5_000
/** A transaction may commit rows below those of one that committed before; none takes so long. */
const SETTLED_AFTER = 60_000
const KEPT = 86_400_000

type Tx = Transaction<StateTables>

/** Who lives, in the state database. Does not own it. */
export const sqlInstances = (database: StateDatabase): Instances => ({
  id: database.instanceId,
  interruptDead: createInterruption(database),

  beat: (instance) =>
    database.transact(async (tx) => {
      const now = await database.now(tx)
      await tx
        .insertInto('instances')
        .values(toRow(database.instanceId, instance, now))
        .onConflict((on) => on.column('id').doUpdateSet({ heartbeat_at: now }))
        .execute()
      const own = await tx
        .selectFrom('ops_lock')
        .innerJoin('ops_runs', 'ops_runs.id', 'ops_lock.run_id')
        .select(['ops_runs.id', 'cancel_requested', 'state'])
        .where('ops_lock.instance_id', '=', database.instanceId)
        .execute()
      const cancelled = own.filter((run) => run.cancel_requested === 1 && run.state === 'running')
      return { now, cancelled: cancelled.map(({ id }) => id), held: own.map(({ id }) => id) }
    }),

  leave: () =>
    database.transact(async (tx) => {
      await tx
        .updateTable('instances')
        .set({ heartbeat_at: 0 })
        .where('id', '=', database.instanceId)
        .execute()
    }),
})

/**
 * Looks at each row of the audit log once, in pieces, and then only at those that were written since or are still open: the log may be
 * large, and this is asked for every 10 s.
 */
function createInterruption(database: StateDatabase): () => Promise<number> {
  let settled = 0

  /** Open intents above `from`, and where the look ended. */
  const lookAt = (from: number, now: number) =>
    database.look(async (read) => {
      const rows = read
        .selectFrom('audit_log')
        .select('id')
        .where('id', '>', from)
        .orderBy('id')
        .limit(LOOKED_TOGETHER)
      const { end } = await read
        .selectFrom(rows.as('row'))
        .select(({ fn }) => fn.max<number | null>('row.id').as('end'))
        .executeTakeFirstOrThrow()
      if (end === null) return undefined
      const open = await read
        .selectFrom('audit_log')
        .select(['id', 'op_id', 'at'])
        .select((builder) => hasLivingOwner(now)(builder).as('lives'))
        .where('id', '>', from)
        .where('id', '<=', end)
        .where('phase', '=', 'intent')
        .where(hasNoOutcome)
        .orderBy('op_id')
        .execute()
      const late = await read
        .selectFrom('audit_log')
        .select('id')
        .where('id', '=', end)
        .where('at', '<', now - SETTLED_AFTER)
        .executeTakeFirst()
      return { end, open, isSettled: late !== undefined }
    })

  return async () => {
    const now = await database.look(database.now)
    let count = 0
    let isSettledSoFar = true
    for (let from = settled; ; ) {
      const found = await lookAt(from, now)
      if (!found) return count
      const dead = found.open.filter(({ lives }) => !lives).map(({ op_id }) => op_id)
      if (dead.length > 0) await database.transact((tx) => interrupt(database, tx, dead))
      count += dead.length
      isSettledSoFar &&= found.isSettled && dead.length === found.open.length
      if (isSettledSoFar) settled = found.end
      from = found.end
      await setImmediate() // SQLite answers without a break: others have their turn
    }
  }
}

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

/** Marks the heartbeat of this process; what it writes with it proves that it lives. @throws AppError `shutting_down` when it has not begun, or has left */
export async function heartbeat(
  tx: Tx,
  { instanceId }: Pick<StateDatabase, 'instanceId'>,
  now: number,
): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('instances')
    .set({ heartbeat_at: now })
    .where('id', '=', instanceId)
    .where('heartbeat_at', '>', 0)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n)
    throw new AppError('shutting_down', 'this process has left: it begins nothing more')
}

/** Whether a process is dead by its row, which is not locked: to be asked again before anything is done about it. */
export const seemsDead = async (tx: Tx, instanceId: string, now: number): Promise<boolean> =>
  isFarFrom(await rowOf(tx, instanceId).executeTakeFirst(), now)

/** Whether a process is dead by its row, which is locked. */
export const isDead = async (tx: Tx, instanceId: string, now: number): Promise<boolean> =>
  isFarFrom(await rowOf(tx, instanceId).forUpdate().executeTakeFirst(), now)

const rowOf = (tx: Tx, instanceId: string) =>
  tx.selectFrom('instances').select('heartbeat_at').where('id', '=', instanceId)

const isFarFrom = (row: { readonly heartbeat_at: number } | undefined, now: number): boolean =>
  row === undefined || Math.abs(now - row.heartbeat_at) > DEAD_AFTER

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
