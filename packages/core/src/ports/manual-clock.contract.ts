import type { Clock } from '../time.ts'

export interface ManualClock extends Clock {
  /** Lets `ms` pass. Sleepers wake one after the other at their own instants, and what each of them starts runs before the next wakes. */
  advance(ms: number): Promise<void>
  /** Sets the wall clock by `ms`, as an administrator does; monotonic time stands still. */
  step(ms: number): void
  /** Lets what was started run until it waits for time; no time passes. */
  settle(): Promise<void>
}

interface Sleeper {
  /** Monotonic instant of waking, by the wall clock as it is now. */
  readonly wakesAt: () => number
  readonly wake: () => void
}

/** A clock that only a test moves. Wall and monotonic clock begin at `now` (Unix ms) and 0. */
export function manualClock(now = 1_790_000_000_000): ManualClock {
  const sleepers = new Set<Sleeper>()
  let wall = now
  let monotonic = 0

  const pass = (ms: number) => {
    wall += ms
    monotonic += ms
  }

  function sleep(wakesAt: () => number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || wakesAt() <= monotonic) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = () => {
        sleepers.delete(sleeper)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      const sleeper: Sleeper = { wakesAt, wake }
      sleepers.add(sleeper)
      signal.addEventListener('abort', wake, { once: true })
    })
  }

  const nextSleeper = () => [...sleepers].sort((a, b) => a.wakesAt() - b.wakesAt())[0]

  return {
    now: () => wall,
    monotonic: () => monotonic,
    sleep(ms, signal) {
      const end = monotonic + ms
      return sleep(() => end, signal)
    },
    turn: () => Promise.resolve(),
    sleepUntil: (at, signal) => sleep(() => monotonic + at - wall, signal),
    step(ms) {
      wall += ms
    },
    settle,
    async advance(ms) {
      const end = monotonic + ms
      await settle()
      for (let next = nextSleeper(); next && next.wakesAt() <= end; next = nextSleeper()) {
        pass(Math.max(0, next.wakesAt() - monotonic))
        next.wake()
        await settle()
      }
      pass(end - monotonic)
    },
  }
}

/** Promises that are ready run before the event loop comes round; twice, for what they hand to it. */
async function settle(): Promise<void> {
  for (let rounds = 0; rounds < 2; rounds++) await new Promise((resolve) => setImmediate(resolve))
}
