/** Time as the program sees it, injected everywhere; `adapters/node` has the real one. */
export interface Clock {
  /** Unix milliseconds of the wall clock; may step. */
  now(): number
  /** Milliseconds that only go forward, from an arbitrary start: for durations and deadlines. */
  monotonic(): number
  /** Resolves at the wall-clock instant `at` (Unix ms) or at once when it has passed; also, without error, when `signal` aborts. */
  sleepUntil(at: number, signal: AbortSignal): Promise<void>
  /** Resolves after `ms` of monotonic time; also, without error, when `signal` aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Resolves when all that was ready to run has run: between pieces of long work. */
  turn(): Promise<void>
}

/** `length` bytes of a cryptographic source. */
export type RandomBytes = (length: number) => Uint8Array<ArrayBuffer>
