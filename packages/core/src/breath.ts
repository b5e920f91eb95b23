import type { Clock } from './time.ts'

/** A process that blocks for longer loses its other clients, ms. */
const LONGEST_WORK = 20

/** Awaited between pieces of work. @throws the signal's reason when the caller has gone */
export type Breath = () => Promise<void>

/** Lets others run after `longest` ms of work; what lies between two calls comes on top. */
export function createBreath(
  clock: Pick<Clock, 'monotonic' | 'turn'>,
  signal?: AbortSignal,
  longest = LONGEST_WORK,
): Breath {
  let since = clock.monotonic()
  return async () => {
    if (clock.monotonic() - since >= longest) {
      await clock.turn()
      since = clock.monotonic()
    }
    signal?.throwIfAborted()
  }
}
