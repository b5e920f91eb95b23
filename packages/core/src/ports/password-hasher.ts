/** A place in the hashing gate: hash and verify as often as one request needs, one after the other. */
export interface HashSlot {
  /** PHC string with the present parameters and a fresh salt. */
  hash(password: Uint8Array): Promise<string>
  /** Bytes are compared as given. Rejects with a plain Error when `stored` is no argon2id PHC string: damage, never "wrong password". */
  verify(stored: string, password: Uint8Array): Promise<boolean>
  /**
   * Gives the slot to who waits, and has one again after at least 25 ms; the request keeps its place among the 16 meanwhile.
   * @throws AppError `login_capacity` when there was none within 2 s
   */
  stepAside(): Promise<void>
  /** True when `stored` was made with other parameters than the present ones. */
  isOutdated(stored: string): boolean
}

/** The only door to password hashing (security.md 2): argon2id behind a gate of 2 running and 16 waiting requests a process. */
export interface PasswordHasher {
  /**
   * Runs `work` with one slot, which is given back when it settles. `address` is the client's address key; at most 8 of the waiting
   * requests come from one.
   * @throws AppError `login_capacity` (details `retry_after` 1) at once when the queue is full, or after 2 s of waiting; `work` was not called
   */
  withSlot<T>(address: string, work: (slot: HashSlot) => Promise<T>): Promise<T>
}
