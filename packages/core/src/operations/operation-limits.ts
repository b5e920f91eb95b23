/** Bounds of operations (operations.md 17), ms where nothing else is said. Tests give the engine smaller ones. */
export interface OperationLimits {
  /** From the beginning of `beginStep` to the send; age of a gate at `beginStep`. */
  readonly send: number
  readonly gateAge: number
  /** A fresh view is waited for so long: longer than a probe may take, or a member that hangs is shown as it was before. */
  readonly view: number
  /** A blocker has to hold in so many rounds, so long apart. */
  readonly rounds: number
  readonly roundPause: number
  readonly gate: { readonly interval: number; readonly rounds: number; readonly limit: number }
  /** Entries. */
  readonly lag: number
  /** Pause after a member: `short` if it took less than `border`. */
  readonly settle: { readonly short: number; readonly long: number; readonly border: number }
  readonly defragment: {
    readonly deadline: number
    readonly verify: number
    /** Of an outcome that is not known: between two looks, without connection, in all. */
    readonly look: number
    readonly refused: number
    readonly limit: number
  }
  readonly moveLeader: { readonly call: number; readonly look: number; readonly verify: number }
  /** `look`: until sizes are read after it. */
  readonly compact: { readonly logical: number; readonly physical: number; readonly look: number }
  readonly disarm: { readonly call: number; readonly verify: number }
  /** `again`: before the second look at a difference; `retry`: of a member that is behind. */
  readonly hash: {
    readonly call: number
    readonly attempts: number
    readonly retry: number
    readonly again: number
  }
  /**
   * `progress`: between two notes of how much was sent. `unheard`: until one is taken; with the age of the last heartbeat it is less than what
   * makes others take the run over, who then may defragment the member.
   */
  readonly snapshot: { readonly progress: number; readonly unheard: number }
  readonly planAge: number
  readonly corruptProof: number
  /** Of a single look while an outcome is settled. */
  readonly settleLook: number
}

/** Behind a member that took less than 2 s, and behind others. */
const SHORT_SETTLE = 10_000
const LONG_SETTLE = 60_000
const SECOND = 1_000
const MINUTE = 60 * SECOND

export const OPERATION_LIMITS: OperationLimits = {
  send: 10 * SECOND,
  gateAge: 10 * SECOND,
  view: 4 * SECOND,
  rounds: 3,
  roundPause: SECOND,
  gate: { interval: 2 * SECOND, rounds: 2, limit: 300 * SECOND },
  lag: 1_000,
  settle: { short: SHORT_SETTLE, long: LONG_SETTLE, border: 2 * SECOND },
  defragment: {
    deadline: 600 * SECOND,
    verify: 60 * SECOND,
    look: 2 * SECOND,
    refused: 60 * SECOND,
    limit: 30 * MINUTE,
  },
  moveLeader: { call: 10 * SECOND, look: 500, verify: 15 * SECOND },
  compact: { logical: 10 * SECOND, physical: 600 * SECOND, look: 2 * SECOND },
  disarm: { call: 10 * SECOND, verify: 5 * SECOND },
  hash: { call: 120 * SECOND, attempts: 3, retry: SECOND, again: 2 * SECOND },
  snapshot: { progress: 2 * SECOND, unheard: 15 * SECOND },
  planAge: 10 * MINUTE,
  corruptProof: 30 * MINUTE,
  settleLook: 30 * SECOND,
}
