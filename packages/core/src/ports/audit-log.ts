import type { AuditEntry, AuditEvent, AuditFilter, AuditIntent, AuditOutcome } from '../audit/audit-event.ts'

/** Newest first. */
export interface AuditPage {
  readonly entries: readonly AuditEntry[]
  /** Older entries that match exist. */
  readonly hasMore: boolean
  /** Entries that match; only when asked for. */
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

/**
 * Append-only: nothing changes a row, and retention alone removes some (security.md 8). Writing throws AppError `audit_unavailable`
 * when the store does not answer within 2 s, reading `auth_store_unavailable`.
 */
export interface AuditLog {
  /** Commits before it resolves. Not committed within 2 s: may still be committed later. */
  intent(intent: AuditIntent): Promise<void>
  /** The first outcome of an `opId` stands, a later one changes nothing; where `interrupted` stands it becomes the one that is shown. */
  outcome(opId: string, outcome: AuditOutcome): Promise<void>
  event(event: AuditEvent): Promise<void>
  /** @throws AppError `overloaded` when looking through the entries takes 10 s */
  page(filter: AuditFilter, page: AuditPageRequest): Promise<AuditPage>
  /**
   * Every matching entry, newest first, in batches, each its own short read of at most 500 entries of which those that match are given:
   * so a batch may be empty. @throws the reason of `signal` when that has aborted
   */
  scan(filter: AuditFilter, signal?: AbortSignal): AsyncIterable<readonly AuditEntry[]>
  /**
   * One piece of retention, at most 500 rows: what is older; beyond `maxRows` the oldest failures, then the oldest acts, of which an entry
   * `audit_trimmed` tells. `more`: the next piece may be asked for at once. @throws AppError `auth_store_unavailable`
   */
  sweep(kept: AuditKept): Promise<{ readonly more: boolean }>
}
