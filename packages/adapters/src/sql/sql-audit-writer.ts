import type { AuditEvent, AuditIntent } from '@etcdmonitor/core/audit/audit-event'
import { AppError } from '@etcdmonitor/core/errors'
import type { AuditLog } from '@etcdmonitor/core/ports/audit-log'
import { addToAudit, type NewOutcome } from './sql-audit-insert.ts'
import type { StateDatabase } from './state-database.ts'
import { withinLimit } from './within-limit.ts'

/** Rows of one commit. */
const MAX_TOGETHER = 200
const LIMIT = 2_000

type Addition =
  | { readonly kind: 'intents'; readonly row: AuditIntent }
  | { readonly kind: 'events'; readonly row: AuditEvent }
  | { readonly kind: 'outcomes'; readonly row: NewOutcome }

interface Waiting {
  readonly addition: Addition
  readonly written: PromiseWithResolvers<void>
}

/** All rows that are asked for in one turn of the event loop, or while a commit runs, share the next one (storage.md 7.3, T8). */
export function createAuditWriter(
  database: Pick<StateDatabase, 'transact' | 'clock' | 'now' | 'instanceId'>,
): Pick<AuditLog, 'intent' | 'outcome' | 'event'> {
  const { transact, clock } = database
  let waiting: Waiting[] = []
  let isWriting = false

  async function add(addition: Addition): Promise<void> {
    const entry = { addition, written: Promise.withResolvers<void>() }
    waiting.push(entry)
    if (!isWriting) void writeAll() // never rejects: each row has its own promise
    try {
      await withinLimit(clock, LIMIT, () => entry.written.promise)
    } catch (error) {
      waiting = waiting.filter((one) => one !== entry) // not begun: it never will be
      entry.written.promise.catch(() => undefined)
      throw error instanceof AppError ? auditUnavailable(error) : error
    }
  }

  async function writeAll(): Promise<void> {
    isWriting = true
    await Promise.resolve() // what else this turn asks for comes along
    while (waiting.length > 0) await writeTogether(waiting.splice(0, MAX_TOGETHER))
    isWriting = false
  }

  async function writeTogether(entries: readonly Waiting[]): Promise<void> {
    const rows = inOrder(entries)
    try {
      await transact((tx) => addToAudit(database, tx, rows), LIMIT)
      for (const { written } of entries) written.resolve()
    } catch (error) {
      if (entries.length === 1 || error instanceof AppError)
        for (const { written } of entries) written.reject(error)
      else {
        // One row that cannot be stored must not take the others with it; by halves it is found within their time.
        const half = Math.ceil(entries.length / 2)
        await writeTogether(entries.slice(0, half))
        await writeTogether(entries.slice(half))
      }
    }
  }

  return {
    intent: (row) => add({ kind: 'intents', row }),
    event: (row) => add({ kind: 'events', row }),
    outcome: (opId, outcome) => add({ kind: 'outcomes', row: { ...outcome, opId } }),
  }
}

function inOrder(entries: readonly Waiting[]) {
  const rows = { intents: [] as AuditIntent[], events: [] as AuditEvent[], outcomes: [] as NewOutcome[] }
  const sorted = entries
    .map(({ addition }) => addition)
    .toSorted((a, b) => (a.row.opId < b.row.opId ? -1 : 1))
  for (const { kind, row } of sorted) (rows[kind] as (typeof row)[]).push(row) // the kind of the row names its list
  return rows
}

export const auditUnavailable = (cause: AppError) =>
  new AppError('audit_unavailable', 'the audit log cannot be written: nothing was done', { cause })
