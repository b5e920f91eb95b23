import type { AuditEvent, AuditIntent, AuditOutcome } from '@etcdmonitor/core/audit/audit-event'
import type { Transaction } from 'kysely'
import type { NewAuditRow } from './audit-table.ts'
import { type AuditStamp, eventRow, intentRow, outcomeRow } from './sql-audit-rows.ts'
import type { StateDatabase } from './state-database.ts'
import type { StateTables } from './state-tables.ts'

export interface NewOutcome extends AuditOutcome {
  readonly opId: string
}

/** What one transaction adds to the audit log; each list in the order of `opId`, so that two transactions never wait for each other. */
export interface AuditAdditions {
  readonly intents?: readonly AuditIntent[]
  readonly events?: readonly AuditEvent[]
  readonly outcomes?: readonly NewOutcome[]
}

type Tx = Transaction<StateTables>

/** Rows of the audit log inside a transaction of whatever they tell of. */
export async function addToAudit(
  { now, instanceId }: Pick<StateDatabase, 'now' | 'instanceId'>,
  tx: Tx,
  { intents = [], events = [], outcomes = [] }: AuditAdditions,
): Promise<void> {
  const stamp = { instanceId, at: await now(tx) }
  await insertNew(tx, [
    ...intents.map((intent) => intentRow(intent, stamp)),
    ...events.map((event) => eventRow(event, stamp)),
  ])
  await insertOutcomes(tx, outcomes, stamp)
}

/** The first outcome stands; one that finds `interrupted` in its place is added as `late`, once. */
async function insertOutcomes(tx: Tx, outcomes: readonly NewOutcome[], stamp: AuditStamp): Promise<void> {
  if (outcomes.length === 0) return
  const classes = await findClasses(tx, outcomes)
  const rowOf = (outcome: NewOutcome, phase: 'outcome' | 'late') =>
    outcomeRow(outcome, { op_id: outcome.opId, class: classes.get(outcome.opId) ?? 'act', phase }, stamp)
  const stood = await insertNew(
    tx,
    outcomes.map((outcome) => rowOf(outcome, 'outcome')),
  )
  const beaten = outcomes.filter(({ opId }) => !stood.has(opId))
  if (beaten.length === 0) return
  const interrupted = await tx
    .selectFrom('audit_log')
    .select('op_id')
    .where('op_id', 'in', idsOf(beaten))
    .where('phase', '=', 'outcome')
    .where('outcome', '=', 'interrupted')
    .execute()
  const ids = new Set(interrupted.map(({ op_id }) => op_id))
  const late = beaten.filter(({ opId, verdict }) => ids.has(opId) && verdict !== 'interrupted')
  await insertNew(
    tx,
    late.map((outcome) => rowOf(outcome, 'late')),
  )
}

async function findClasses(tx: Tx, outcomes: readonly NewOutcome[]) {
  const intents = await tx
    .selectFrom('audit_log')
    .select(['op_id', 'class'])
    .where('op_id', 'in', idsOf(outcomes))
    .where('phase', '=', 'intent')
    .execute()
  return new Map(intents.map((intent) => [intent.op_id, intent.class]))
}

/** Leaves out what is there already; the ids of what is new. */
async function insertNew(tx: Tx, rows: readonly NewAuditRow[]): Promise<ReadonlySet<string>> {
  if (rows.length === 0) return new Set()
  const inserted = await tx
    .insertInto('audit_log')
    .values(rows)
    .onConflict((on) => on.columns(['op_id', 'phase']).doNothing())
    .returning('op_id')
    .execute()
  return new Set(inserted.map(({ op_id }) => op_id))
}

const idsOf = (outcomes: readonly NewOutcome[]) => outcomes.map(({ opId }) => opId)
