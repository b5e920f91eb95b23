import { setImmediate } from 'node:timers/promises'
import type { Clock } from '@etcdmonitor/core/time'

/** A wall-clock sleep looks again this often: a timer does not follow a step of the wall clock. */
const LOOK_AGAIN = 1_000

/** The time of this machine. A pending sleep keeps the process alive; end it by its signal. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  turn: () => setImmediate(),
  async sleepUntil(at, signal) {
    for (let left = at - Date.now(); left > 0 && !signal.aborted; left = at - Date.now()) {
      await pause(Math.min(left, LOOK_AGAIN), signal)
    }
  },
  async sleep(ms, signal) {
    const end = performance.now() + ms
    // a timer of Node may fire up to 1 ms early, and takes at most 2^31 - 1 ms
    for (let left = ms; left > 0 && !signal.aborted; left = end - performance.now()) {
      await pause(Math.min(left, 2 ** 31 - 1), signal)
    }
  },
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}
