import { setImmediate } from 'node:timers/promises'
import type { AuditEvent, AuditIntent } from '@etcdmonitor/core/audit/audit-event'
import { AppError } from '@etcdmonitor/core/errors'
import type { AuditLog } from '@etcdmonitor/core/ports/audit-log'
import { addToAudit, type NewOutcome } from './sql-audit-insert.ts'
import type { StateDatabase } from './state-database.ts'
import { withinLimit } from './within-limit.ts'

/** Rows of one commit. */
const MAX_TOGETHER = 200
const LIMIT = 2_000
/** So long outcomes wait that nobody waits for, and the commit of what some turns of the event loop still bring. */
const PATIENCE = 20
const MAX_TURNS = 4
/** What is waited, once, for others that come together: a commit takes as long. */
const PAUSE = 1
/** Without a reason an error is made for each, with its stack. */
const OVER = 'over'

type Addition =
  | { readonly kind: 'intents'; readonly row: AuditIntent }
  | { readonly kind: 'events'; readonly row: AuditEvent }
  | { readonly kind: 'outcomes'; readonly row: NewOutcome }

interface Waiting {
  readonly addition: Addition
  readonly canWait: boolean
  readonly written: PromiseWithResolvers<void>
}

export interface AuditWriter extends Pick<AuditLog, 'intent' | 'outcome' | 'event'> {
  /** Resolves when what was asked for before, and nobody waits for, is written or failed. */
  settled(): Promise<void>
}

/**
 * All rows that are asked for in one turn of the event loop, while a commit runs, or in turns that bring more of them share the next one
 * (storage.md 7.3, T8). The driver of SQLite stops the process for a commit: what came meanwhile is there one turn after the other.
 */
export function createAuditWriter(
  database: Pick<StateDatabase, 'transact' | 'clock' | 'now' | 'instanceId'>,
): AuditWriter {
  const { transact, clock } = database
  const unheard = new Set<Promise<void>>()
  let waiting: Waiting[] = []
  let isWriting = false
  /** Rows of the commit before. */
  let before = 0
  let patience = new AbortController()

  function add(addition: Addition, canWait = false): Promise<void> {
    const entry = { addition, canWait, written: Promise.withResolvers<void>() }
    waiting.push(entry)
    if (!canWait || waiting.length >= MAX_TOGETHER) patience.abort(OVER)
    if (!isWriting) void writeAll() // never rejects: each row has its own promise
    const written = untilWritten(entry)
    if (!canWait) return written
    unheard.add(written)
    return written.finally(() => unheard.delete(written))
  }

  async function untilWritten(entry: Waiting): Promise<void> {
    const { promise } = entry.written
    try {
      // what nobody waits for has the time of its transaction
      await (entry.canWait ? promise : withinLimit(clock, LIMIT, () => promise))
    } catch (error) {
      waiting = waiting.filter((one) => one !== entry) // not begun: it never will be
      entry.written.promise.catch(() => undefined)
      throw error instanceof AppError ? auditUnavailable(error) : error
    }
  }

  async function writeAll(): Promise<void> {
    isWriting = true
    while (waiting.length > 0) {
      await gather()
      const entries = waiting.splice(0, MAX_TOGETHER)
      before = entries.length
      if (before > 0) await writeTogether(entries) // who waited may have given up meanwhile
    }
    isWriting = false
  }

  async function gather(): Promise<void> {
    patience = new AbortController()
    if (waiting.every(({ canWait }) => canWait)) await clock.sleep(PATIENCE, patience.signal)
    for (let turns = 0, seen = 0; turns < MAX_TURNS && waiting.length > seen; turns += 1) {
      seen = waiting.length
      await setImmediate()
    }
    // who is alone never waits: two rows are an intent, and the outcome of the act before
    if (before > 2 && waiting.length < before / 2) await clock.sleep(PAUSE, NEVER)
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
    outcome: (opId, outcome, { canWait = false } = {}) =>
      add({ kind: 'outcomes', row: { ...outcome, opId } }, canWait),
    async settled() {
      patience.abort(OVER)
      await Promise.allSettled(unheard)
    },
  }
}

const NEVER = new AbortController().signal

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
