import type {
  Begun,
  Held,
  LockHolder,
  NewRun,
  Ownership,
  Run,
  RunEnd,
} from '@etcdmonitor/core/ports/run-store'
import type { Kysely, Transaction } from 'kysely'
import type { RunLockRow, RunRow } from './run-tables.ts'
import { addToAudit } from './sql-audit-insert.ts'
import { IS_ENTRY } from './sql-audit-read.ts'
import { hasNoOutcome, heartbeat, interrupt, isDead, seemsDead } from './sql-instances.ts'
import { toRun, toRunRow } from './sql-run-rows.ts'
import type { StateDatabase } from './state-database.ts'
import type { StateTables } from './state-tables.ts'

type Tx = Transaction<StateTables>

/** A held lock is never stolen here, dead owner or not. */
export async function beginRun(database: StateDatabase, tx: Tx, run: NewRun): Promise<Begun | Held> {
  const { instanceId } = database
  for (;;) {
    const now = await database.now(tx)
    const taken = await tx
      .insertInto('ops_lock')
      .values({
        cluster_id: run.clusterId,
        run_id: run.id,
        instance_id: instanceId,
        generation: 1,
        acquired_at: now,
      })
      .onConflict((on) => on.column('cluster_id').doNothing())
      .returning('run_id')
      .executeTakeFirst()
    if (taken) {
      await heartbeat(tx, database, now)
      const row = toRunRow(run, now)
      await tx.insertInto('ops_runs').values(row).execute()
      await addToAudit(database, tx, { intents: [run.intent] })
      return { held: false, run: toRun(row), owner: { runId: run.id, instanceId, generation: 1 } }
    }
    const by = await findHolder(tx, run.clusterId)
    if (by) return { held: true, by }
  }
}

export async function findHolder(
  on: Kysely<StateTables>,
  clusterId: string,
): Promise<LockHolder | undefined> {
  const holder = await on
    .selectFrom('ops_lock')
    .innerJoin('ops_runs', 'ops_runs.id', 'ops_lock.run_id')
    .select(['ops_runs.id', 'operation', 'username', 'started_at'])
    .where('ops_lock.cluster_id', '=', clusterId)
    .executeTakeFirst()
  if (!holder) return undefined
  const { id, operation, username, started_at: startedAt } = holder
  return { id, operation, username, startedAt }
}

export async function finishRun(
  database: StateDatabase,
  tx: Tx,
  owner: Ownership,
  { state, result, error, outcome }: RunEnd,
): Promise<boolean> {
  const isOwner = await holdLock(tx, owner)
  const run = await findRun(tx, owner.runId)
  // repeated: only its own owner ends a run otherwise than interrupted
  if (!isOwner) return run?.state === state && state !== 'interrupted' && !(await isLocked(tx, owner.runId))
  const now = await database.now(tx)
  if (run?.state === 'running') {
    await updateRun(tx, owner.runId, now, {
      state,
      finished_at: now,
      ...(result && { result: JSON.stringify(result) }),
      ...(error && { error: JSON.stringify(error) }),
    })
    await addToAudit(database, tx, { outcomes: [outcome] })
  }
  await deleteLock(tx, owner.runId)
  return true
}

/** Locks are tried one by one: whoever is being looked at by another process is left to it, and who lives waits for nobody. */
export async function takeOverOne(database: StateDatabase, tx: Tx): Promise<Begun | undefined> {
  const { instanceId } = database
  const others = await tx
    .selectFrom('ops_lock')
    .select(['run_id', 'instance_id'])
    .where('instance_id', '<>', instanceId)
    .orderBy('acquired_at')
    .execute()
  for (const { run_id: runId, instance_id: holder } of others) {
    if (!(await seemsDead(tx, holder, await database.now(tx)))) continue
    const lock = await tx
      .selectFrom('ops_lock')
      .selectAll()
      .where('run_id', '=', runId)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst()
    const now = await database.now(tx)
    // judged again now that both rows are locked: it may have beaten meanwhile
    if (!lock || lock.instance_id === instanceId || !(await isDead(tx, lock.instance_id, now))) continue
    const taken = await seize(database, tx, lock, { now, why: 'the process that ran this is gone' })
    if (taken) return taken
  }
  return undefined
}

/** Of a lock that this process holds. */
export async function takeBackRun(
  database: StateDatabase,
  tx: Tx,
  runId: string,
): Promise<Begun | undefined> {
  const lock = await tx
    .selectFrom('ops_lock')
    .selectAll()
    .where('run_id', '=', runId)
    .where('instance_id', '=', database.instanceId)
    .forUpdate()
    .executeTakeFirst()
  if (!lock) return undefined
  const why = 'the process that ran this lost hold of it'
  return seize(database, tx, lock, { now: await database.now(tx), why })
}

/** Makes the locked lock this process's own anew, and interrupts its run. */
async function seize(
  database: StateDatabase,
  tx: Tx,
  { run_id: runId, generation: before }: RunLockRow,
  { now, why }: { readonly now: number; readonly why: string },
): Promise<Begun | undefined> {
  const { instanceId } = database
  const generation = before + 1
  await tx
    .updateTable('ops_lock')
    .set({ instance_id: instanceId, generation })
    .where('run_id', '=', runId)
    .execute()
  await interruptRun(database, tx, { runId, now, why })
  const run = await findRun(tx, runId)
  return run && { held: false, run, owner: { runId, instanceId, generation } }
}

async function interruptRun(
  database: StateDatabase,
  tx: Tx,
  { runId, now, why }: { readonly runId: string; readonly now: number; readonly why: string },
): Promise<void> {
  const error = { code: 'process_gone', error: why }
  await tx
    .updateTable('ops_runs')
    .set({ state: 'interrupted', updated_at: now, error: JSON.stringify(error) })
    .where('id', '=', runId)
    .where('state', '=', 'running')
    .execute()
  const open = await tx
    .selectFrom('audit_log')
    .select('op_id')
    .where('run_id', '=', runId)
    .where(IS_ENTRY) // by the index of their time
    .where('at', '>=', (query) => query.selectFrom('ops_runs').select('started_at').where('id', '=', runId))
    .where('phase', '=', 'intent')
    .where(hasNoOutcome)
    .orderBy('op_id')
    .execute()
  await interrupt(
    database,
    tx,
    open.map(({ op_id }) => op_id),
  )
}

/** Locks the row of the lock. False: it is somebody else's, or gone. */
export async function holdLock(tx: Tx, { runId, instanceId, generation }: Ownership): Promise<boolean> {
  const lock = await tx
    .selectFrom('ops_lock')
    .select(['instance_id', 'generation'])
    .where('run_id', '=', runId)
    .forUpdate()
    .executeTakeFirst()
  return lock?.instance_id === instanceId && lock.generation === generation
}

async function isLocked(tx: Tx, runId: string): Promise<boolean> {
  const lock = await tx.selectFrom('ops_lock').select('run_id').where('run_id', '=', runId).executeTakeFirst()
  return lock !== undefined
}

export const deleteLock = (tx: Tx, runId: string) =>
  tx.deleteFrom('ops_lock').where('run_id', '=', runId).execute()

export async function updateRun(tx: Tx, runId: string, now: number, columns: Partial<RunRow>): Promise<void> {
  await tx
    .updateTable('ops_runs')
    .set({ ...columns, updated_at: now })
    .where('id', '=', runId)
    .execute()
}

export async function findRun(on: Kysely<StateTables>, runId: string): Promise<Run | undefined> {
  const row = await on.selectFrom('ops_runs').selectAll().where('id', '=', runId).executeTakeFirst()
  return row && toRun(row)
}
