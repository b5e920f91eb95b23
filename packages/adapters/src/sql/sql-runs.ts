import { AppError } from '@etcdmonitor/core/errors'
import type { Ownership, Run, RunStore, Step } from '@etcdmonitor/core/ports/run-store'
import type { Transaction } from 'kysely'
import { addToAudit } from './sql-audit-insert.ts'
import { auditUnavailable } from './sql-audit-writer.ts'
import { heartbeat } from './sql-instances.ts'
import {
  beginRun,
  deleteLock,
  findHolder,
  findRun,
  finishRun,
  holdLock,
  takeBackRun,
  takeOverOne,
  updateRun,
} from './sql-run-lock.ts'
import { stepsText, toRun } from './sql-run-rows.ts'
import type { StateDatabase } from './state-database.ts'
import type { StateTables } from './state-tables.ts'

const MAX_DELETED = 500
/** Nothing is sent to etcd before an intent is committed, so nobody waits long for that. */
const INTENT_LIMIT = 2_000

type Tx = Transaction<StateTables>

/** Runs and the locks of clusters in the state database: the transactions T9 to T13 of storage.md 7.3. Does not own it. */
export function sqlRuns(database: StateDatabase): RunStore {
  const { transact, look } = database

  /** `write` with the run as it is, while this owner holds the lock; false when it does not, or when `write` says so. */
  const asOwner = (
    owner: Ownership,
    write: (tx: Tx, run: Run, now: number) => Promise<unknown>,
    limit?: number,
  ): Promise<boolean> =>
    transact(async (tx) => {
      if (!(await holdLock(tx, owner))) return false
      const now = await database.now(tx)
      const run = await findRun(tx, owner.runId)
      if (!run) return false
      return (await write(tx, run, now)) !== false
    }, limit)

  return {
    begin: (run) => orAuditAway(() => transact((tx) => beginRun(database, tx, run), INTENT_LIMIT)),

    beginStep: (owner, index, { before, intent }) =>
      orAuditAway(() =>
        asOwner(
          owner,
          async (tx, { steps }, now) => {
            if (steps[index]?.state !== 'not_started') return false
            await heartbeat(tx, database, now)
            const running = { state: 'running', startedAt: now, ...(before && { before }) } as const
            await updateRun(tx, owner.runId, now, { steps: stepsText(changed(steps, index, running)) })
            if (intent) await addToAudit(database, tx, { intents: [intent] })
            return true
          },
          INTENT_LIMIT,
        ),
      ),

    noteStep: (owner, index, message) =>
      asOwner(owner, (tx, { steps }, now) =>
        updateRun(tx, owner.runId, now, { steps: stepsText(changed(steps, index, { message })) }),
      ),

    endStep: (owner, index, { state, message, outcome, next }) =>
      asOwner(owner, async (tx, { steps }, now) => {
        const ended = changed(steps, index, { state, message, finishedAt: now })
        const followed = next ? [...ended.slice(0, index + 1), ...next] : ended
        await updateRun(tx, owner.runId, now, { steps: stepsText(followed) })
        if (outcome) await addToAudit(database, tx, { outcomes: [outcome] })
      }),

    progress: (owner, progress) =>
      asOwner(owner, (tx, _, now) => updateRun(tx, owner.runId, now, { progress: JSON.stringify(progress) })),

    finish: (owner, end) => transact((tx) => finishRun(database, tx, owner, end)),

    releaseLock: (owner) =>
      transact(async (tx) => {
        if (!(await holdLock(tx, owner))) return
        const now = await database.now(tx)
        await tx
          .updateTable('ops_runs')
          .set({ finished_at: now, updated_at: now })
          .where('id', '=', owner.runId)
          .where('finished_at', 'is', null)
          .execute()
        await deleteLock(tx, owner.runId)
      }),

    requestCancel: (runId, event) =>
      transact(async (tx) => {
        const now = await database.now(tx)
        const { numUpdatedRows } = await tx
          .updateTable('ops_runs')
          .set({ cancel_requested: 1, updated_at: now })
          .where('id', '=', runId)
          .where('state', '=', 'running')
          .executeTakeFirstOrThrow()
        if (numUpdatedRows > 0n) await addToAudit(database, tx, { events: [event] })
        return findRun(tx, runId)
      }),

    takeOver: () => transact((tx) => takeOverOne(database, tx)),

    takeBack: (runId) => transact((tx) => takeBackRun(database, tx, runId)),

    holder: (clusterId) => look((read) => findHolder(read, clusterId)),

    get: (runId) => look((read) => findRun(read, runId)),

    list: ({ limit, after, operation, state, from, to }) =>
      look(async (read) => {
        let rows = read.selectFrom('ops_runs').selectAll().orderBy('id', 'desc').limit(limit)
        if (after !== undefined) rows = rows.where('id', '<', after)
        if (operation !== undefined) rows = rows.where('operation', '=', operation)
        if (state !== undefined) rows = rows.where('state', '=', state)
        if (from !== undefined) rows = rows.where('started_at', '>=', from)
        if (to !== undefined) rows = rows.where('started_at', '<', to)
        return (await rows.execute()).map(toRun)
      }),

    deleteEndedBefore: (cutoff) =>
      transact(async (tx) => {
        const ended = tx
          .selectFrom('ops_runs')
          .select('id')
          .where('finished_at', '<', cutoff)
          .limit(MAX_DELETED)
        const { numDeletedRows } = await tx
          .deleteFrom('ops_runs')
          .where('id', 'in', ended)
          .executeTakeFirstOrThrow()
        return Number(numDeletedRows)
      }),
  }
}

async function orAuditAway<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    const isAway = error instanceof AppError && error.code === 'auth_store_unavailable'
    throw isAway ? auditUnavailable(error) : error
  }
}

const changed = (steps: readonly Step[], index: number, by: Partial<Step>): readonly Step[] =>
  steps.map((step, i) => (i === index ? { ...step, ...by } : step))
