export interface CallOptions {
  /** Ends the call with `signal.reason`. A change that was already sent may still be applied by etcd. */
  readonly signal?: AbortSignal
  /** Milliseconds for the whole call: connecting, logging in and other members included. Each call has its default (etcd.md 4.2). */
  readonly deadline?: number
  /**
   * Changes only. Asked after connecting and login, in the tick in which the call is handed to a ready channel. False: nothing is sent, and
   * the call rejects with AppError `shutting_down`.
   */
  readonly mayStillSend?: () => boolean
}
