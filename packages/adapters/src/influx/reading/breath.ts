import { setImmediate } from 'node:timers/promises'
import type { Clock } from '@etcdmonitor/core/time'

/** An API that blocks loses its other clients, ms. */
const LONGEST_WORK = 20

/** Awaited between pieces of work: lets others run after 20 ms of it. @throws the signal's reason when the call has ended */
export type Breath = () => Promise<void>

export function createBreath(clock: Pick<Clock, 'monotonic'>, signal: AbortSignal): Breath {
  let since = clock.monotonic()
  return async () => {
    if (clock.monotonic() - since > LONGEST_WORK) {
      await setImmediate()
      since = clock.monotonic()
    }
    signal.throwIfAborted()
  }
}
