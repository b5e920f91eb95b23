import type { AuditEntry, AuditEvent, AuditFilter, AuditIntent, AuditOutcome } from '../audit/audit-event.ts'

/** Newest first. */
export interface AuditPage {
  readonly entries: readonly AuditEntry[]
  /** Older entries that match exist. */
  readonly hasMore: boolean
  /** Entries that match; only when asked for. Above 10,000 it may be 10 s old. */
  readonly total?: number
}

export interface AuditPageRequest {
  /** 1 to 1,000. */
  readonly size: number
  /** Entries with a smaller `id` alone. */
  readonly before?: number
  /** Matching entries that are left out first. */
  readonly skip?: number
  readonly isCounted?: boolean
}

/** What retention keeps. */
export interface AuditKept {
  readonly days: number
  /** Of the table: an act has two. Acts of the last 7 days stay whatever their number. */
  readonly maxRows: number
}

export interface OutcomeOptions {
  /** Nobody waits for it: it shares the commit of what comes within 20 ms. */
  readonly canWait?: boolean
}

/**
 * Append-only: nothing changes a row, and retention alone removes some (security.md 8). Writing throws AppError `audit_unavailable`
 * when the store does not answer within 2 s, reading `auth_store_unavailable`.
 */
export interface AuditLog {
  /** Commits before it resolves. Not committed within 2 s: may still be committed later. */
  intent(intent: AuditIntent): Promise<void>
  /** The first outcome of an `opId` stands, a later one changes nothing; where `interrupted` stands it becomes the one that is shown. */
  outcome(opId: string, outcome: AuditOutcome, options?: OutcomeOptions): Promise<void>
  event(event: AuditEvent): Promise<void>
  /** Shows also what this process was asked before to write. @throws AppError `overloaded` when looking through the entries, or counting them, takes 10 s */
  page(filter: AuditFilter, page: AuditPageRequest): Promise<AuditPage>
  /**
   * Every matching entry, newest first, in batches, each its own short read of at most 500 entries of which those that match are given:
   * so a batch may be empty. Begins as `page` does. @throws the reason of `signal` when that has aborted
   */
  scan(filter: AuditFilter, signal?: AbortSignal): AsyncIterable<readonly AuditEntry[]>
  /** Of the table: an act has two. Takes a while, and lets others have their turn. @throws AppError `auth_store_unavailable` */
  countRows(): Promise<number>
  /**
   * One piece of retention, at most 500 rows: what is older; beyond `maxRows` the oldest failures, then the oldest acts, of which one
   * entry `audit_trimmed` tells: open from the first piece on, ended when no more is to go. `more`: the next piece may be asked for at
   * once. @throws AppError `auth_store_unavailable`
   */
  sweep(kept: AuditKept): Promise<{ readonly more: boolean }>
}
