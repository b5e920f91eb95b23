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
  /**
   * One transaction: session row, `lastLoginAt`, the new hash if one is given, and the oldest sessions beyond 100 deleted.
   * `stale`: nothing was done, because the account is gone or disabled, its hash is no longer `verified`, or a first change is due.
   */
  signIn(input: {
    readonly verified: string
    readonly session: NewSession
    readonly rehash?: string
  }): Promise<'created' | 'stale'>
  /**
   * One transaction: new hash, `mustChangePassword` off, all sessions of the account ended. `stale`: nothing was done, because the
   * account is gone or disabled or its hash is no longer `verified`; of two changes at once exactly one is `changed`.
   */
  changePassword(input: {
    readonly userId: string
    readonly verified: string
    readonly to: string
  }): Promise<'changed' | 'stale'>
}

export interface Sessions {
  /** Live row (by the store's clock) of an enabled account, or undefined. Writes last-seen at most once a minute, best effort. */
  find(idHash: Uint8Array<ArrayBuffer>): Promise<Session | undefined>
  /** Removes the row; false when there was none. */
  end(idHash: Uint8Array<ArrayBuffer>): Promise<boolean>
}

/** Accounts and sessions, transactional (storage.md 2.2, 7). No driver error leaves an adapter. */
export interface StateStore extends AsyncDisposable {
  readonly accounts: Accounts
  readonly sessions: Sessions
  /** The store's clock, Unix ms. All expiry decisions use it. */
  now(): Promise<number>
  /** Bounded sweep: sessions that expired more than 2 h ago. */
  maintain(): Promise<void>
  /** `unavailable` after 2 failed calls in a row, `degraded` when the last call took over 1 s or the last write failed. Asks the store; never throws. */
  health(): Promise<'ok' | 'degraded' | 'unavailable'>
}
