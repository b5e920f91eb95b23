import { AppError, type ErrorCode } from '@etcdmonitor/core/errors'
import type { Clock } from '@etcdmonitor/core/time'

/** So long a refusal is held back, ms. */
const HELD = 250
/** So many at once; more are answered at once, which costs less than to keep them. */
const MAX_HELD = 1_000
/** Decided before anything of the name is looked at, or after the same wait whatever the name is. */
const REFUSALS: readonly ErrorCode[] = ['rate_limited', 'login_capacity']

/** Runs an attempt to sign in, or to change a password. `signal`: aborts when the client leaves; nothing is held for it any more. */
export type HoldRefusals = <T>(signal: AbortSignal, attempt: () => Promise<T>) => Promise<T>

/**
 * Attempts for which there is no room are refused a moment later. Who tries again as soon as he is answered would otherwise take most of
 * the thread that answers everybody else, over a few dozen connections; so it is four attempts a second over each.
 */
export function createHoldRefusals(clock: Pick<Clock, 'sleep'>): HoldRefusals {
  let held = 0
  return async (signal, attempt) => {
    try {
      return await attempt()
    } catch (error) {
      if (error instanceof AppError && REFUSALS.includes(error.code) && held < MAX_HELD) {
        held += 1
        await clock.sleep(HELD, signal)
        held -= 1
      }
      throw error
    }
  }
}
