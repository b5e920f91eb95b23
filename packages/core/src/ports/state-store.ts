import type { AuditEvent } from '../audit/audit-event.ts'
import type { AuditLog } from './audit-log.ts'
import type { Instances } from './instances.ts'
import type { RunStore } from './run-store.ts'

/** Canonical account name: `^[a-z0-9][a-z0-9._-]{0,63}$` (security.md 2). Made by `parseAccountName` alone. */
export type AccountName = string

export interface NewAccount {
  /** ULID. */
  readonly id: string
  readonly username: AccountName
  /** PHC string. */
  readonly passwordHash: string
  readonly mustChangePassword: boolean
}

export interface Account extends NewAccount {
  readonly role: 'admin'
  readonly enabled: boolean
  /** Unix ms. */
  readonly createdAt: number
  readonly updatedAt: number
  readonly passwordChangedAt: number
  readonly lastLoginAt?: number
}

export interface NewSession {
  /** SHA-256 of the token's `jti`, 32 bytes. */
  readonly idHash: Uint8Array<ArrayBuffer>
  readonly userId: string
  /** Key that signed the token, 16 hex digits. */
  readonly kid: string
  /** Unix ms, 0 = never. */
  readonly expiresAt: number
  readonly address: string
  /** Cut at 200 characters. */
  readonly userAgent: string
}

export interface Session extends NewSession {
  readonly createdAt: number
  readonly lastSeenAt: number
  /** Name of its account. */
  readonly username: AccountName
}

/** When a name is locked, and for how long (security.md 3). */
export interface LockPolicy {
  /** Consecutive failures, at least 1. */
  readonly threshold: number
  readonly durationSeconds: number
}

export type Reservation =
  /** One password may be verified; `id` settles it. */
  | { readonly kind: 'granted'; readonly id: string }
  /** As many passwords are being verified as are still allowed: ask again in a moment. */
  | { readonly kind: 'wait' }
  /** 1 to `durationSeconds`. `begins`: with this call, which counted what dead processes left, or goes by a lower threshold. */
  | { readonly kind: 'locked'; readonly retryAfterSeconds: number; readonly begins?: true }

/**
 * Counts failed passwords per name, of accounts and of others alike, exactly under any concurrency and over any number of processes: an
 * attempt is reserved before its password is verified and settled afterwards. Each call is one transaction.
 */
export interface LoginGuard {
  reserve(name: AccountName, policy: LockPolicy): Promise<Reservation>
  /**
   * `wrong` counts, and is `locked` when this failure begins a lock; `void` counts nothing. `expired`: the reservation was 10 s old and
   * was counted as a failure meanwhile. What settles as right is `Accounts.signIn`, `changePassword` or `accept`.
   */
  settle(id: string, result: 'wrong' | 'void', policy: LockPolicy): Promise<'settled' | 'locked' | 'expired'>
  /** Counter and lock of the name are as if nobody had ever tried; with its audit event in one transaction. */
  clear(name: AccountName, audit: AuditEvent): Promise<void>
}

/** All methods may be called at once and throw AppError `auth_store_unavailable` when the store does not answer. */
export interface Accounts {
  count(): Promise<number>
  find(name: AccountName): Promise<Account | undefined>
  get(id: string): Promise<Account | undefined>
  /**
   * Inserts the first account; `exists` when any account is there. One of several processes wins. `publish` (the password file) runs
   * inside the transaction, after the insert; when it rejects, nothing was inserted and its error is thrown.
   */
  createFirst(account: NewAccount, publish?: () => Promise<void>): Promise<'created' | 'exists'>
  // The next three are one transaction each, with their audit event, in which the reservation is settled as right: the counter of its name is 0. `stale`: nothing
  // was done, because the account is gone or disabled or its hash is no longer `verified`; the caller settles `wrong`. `expired`: nothing
  // was done, the reservation was counted as a failure meanwhile.
  /** Session row, `lastLoginAt`, the new hash if one is given, and the oldest sessions beyond 100 deleted. `stale` too while a first change is due. */
  signIn(input: {
    readonly reservationId: string
    readonly verified: string
    readonly session: NewSession
    readonly audit: AuditEvent
    readonly rehash?: string
  }): Promise<'created' | 'stale' | 'expired'>
  /** New hash, `mustChangePassword` off, all sessions of the account ended. Of two changes at once exactly one is `changed`. */
  changePassword(input: {
    readonly reservationId: string
    readonly userId: string
    readonly verified: string
    readonly to: string
    readonly audit: AuditEvent
  }): Promise<'changed' | 'stale' | 'expired'>
  /** Nothing more: for a right password that leads to nothing else (first change due, new password refused). */
  accept(input: {
    readonly reservationId: string
    readonly userId: string
    readonly verified: string
    readonly audit: AuditEvent
  }): Promise<'settled' | 'stale' | 'expired'>
  // What the command line does, by name; one transaction each, with its audit event where something was done.
  /** By name. */
  list(): Promise<readonly Account[]>
  /** Whatever accounts there are; `exists` when one has the name. */
  add(account: NewAccount, audit: AuditEvent): Promise<'created' | 'exists'>
  /**
   * Disabling ends all sessions; enabling brings none back, and password, counter and lock are as before. `same`: it was so already;
   * `last`: no other account is enabled. Then nothing was done. Of two calls at once that disable the last two, one is `last`.
   */
  setEnabled(input: {
    readonly name: AccountName
    readonly isEnabled: boolean
    readonly audit: AuditEvent
  }): Promise<'changed' | 'same' | 'unknown' | 'last'>
  /** New hash, `mustChangePassword` on, counter and lock cleared, all sessions ended; attempts that are under way are `expired`. */
  resetPassword(input: {
    readonly name: AccountName
    readonly to: string
    readonly audit: AuditEvent
  }): Promise<'changed' | 'unknown'>
}

export interface Sessions {
  /** Live row (by the store's clock) of an enabled account, or undefined. Writes last-seen at most once a minute, best effort. */
  find(idHash: Uint8Array<ArrayBuffer>): Promise<Session | undefined>
  /** The row exists, expired or not: what a stream that began with it asks (security.md 4). */
  isPresent(idHash: Uint8Array<ArrayBuffer>): Promise<boolean>
  /** Removes the row and adds the event, in one transaction; false, and nothing added, when there was none. */
  end(idHash: Uint8Array<ArrayBuffer>, audit: AuditEvent): Promise<boolean>
}

/** The right of a session to one snapshot of one member. */
export interface Ticket {
  /** SHA-256 of the ticket, 32 bytes. */
  readonly hash: Uint8Array<ArrayBuffer>
  /** Key of the row of the session that asked for it, and goes with it. */
  readonly sessionHash: Uint8Array<ArrayBuffer>
  readonly userId: string
  readonly clusterId: string
  readonly memberId: string
  /** Unix ms. */
  readonly expiresAt: number
}

export interface Tickets {
  /** Ticket and audit event in one transaction. False, and nothing written, when the session is gone. */
  create(ticket: Ticket, audit: AuditEvent): Promise<boolean>
  /** Looks without using up. Undefined when expired or unknown. */
  find(hash: Ticket['hash']): Promise<Ticket | undefined>
  /** Takes the ticket away: of many calls with one hash exactly one gets it. Undefined when expired or unknown. */
  use(hash: Ticket['hash']): Promise<Ticket | undefined>
}

/** Which panels and cards an account sees (api.md 5.5). */
export interface PanelConfigs {
  /** What was put last; undefined when nothing was. */
  get(userId: string): Promise<string | undefined>
  /** The whole document, at most 65,536 bytes, with its audit event; the later of two stands whole. */
  put(userId: string, document: string, audit: AuditEvent): Promise<void>
}

/** Accounts, sessions, panels and the audit log, transactional (storage.md 2.2, 7). No driver error leaves an adapter. */
export interface StateStore extends AsyncDisposable {
  readonly guard: LoginGuard
  readonly accounts: Accounts
  readonly sessions: Sessions
  readonly tickets: Tickets
  readonly panels: PanelConfigs
  readonly audit: AuditLog
  readonly instances: Instances
  readonly runs: RunStore
  /** The store's clock, Unix ms. All expiry decisions use it. */
  now(): Promise<number>
  /**
   * One piece of the sweep, at most 500 rows each: sessions that expired more than 2 h ago, tickets that expired, locks that ran out, the oldest names without
   * account beyond 100,000. `more`: the next piece may be asked for at once.
   */
  maintain(): Promise<{ readonly more: boolean }>
  /** `unavailable` after 2 failed calls in a row, `degraded` when the last call took over 1 s or the last write failed. Asks the store; never throws. */
  health(): Promise<'ok' | 'degraded' | 'unavailable'>
}
