import type { RandomBytes } from '@etcdmonitor/core/time'

const FIRST = 1_000
const LONGEST = 60_000

/** How long to wait after failures in a row, ms: between 0 and 1 s, doubling to 60 s. */
export interface BackOff {
  next(): number
  reset(): void
  /** In a row. */
  readonly failures: number
}

export function createBackOff(random: RandomBytes): BackOff {
  let failures = 0
  return {
    next() {
      const longest = Math.min(LONGEST, FIRST * 2 ** Math.min(failures, 30))
      failures++
      return Math.ceil(longest * shareOf(random(2)))
    },
    reset() {
      failures = 0
    },
    get failures() {
      return failures
    },
  }
}

/** In (0, 1]. */
const shareOf = ([high = 0, low = 0]: Uint8Array): number => (high * 256 + low + 1) / 65_536
