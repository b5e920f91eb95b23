/**
 * What one process knows of the time between its stored ticks of one member (metrics.md 1.4). `start` is the monotonic instant at which
 * the member's requests began, `at` the tick; both ms.
 */
export interface ScrapeClock {
  readonly last?: { readonly at: number; readonly start: number }
  /** Ticks were held before the first one was stored: how long ago the store's newest one was is not known. */
  readonly hasHeld: boolean
}

export const newScrapeClock: ScrapeClock = { hasHeld: false }

/** Stored for "unknown": longer than every limit, so that no delta across it is counted. */
const UNKNOWN_SECONDS = 1_000_000_000
const JITTER_MS = 100
const JITTER_SHARE = 0.05

/** `scrape_clock_error_seconds` of a tick: real time since the last stored one less the distance of the two; undefined = absent. */
export function clockError({ last, hasHeld }: ScrapeClock, at: number, start: number): number | undefined {
  if (!last) return hasHeld ? UNKNOWN_SECONDS : undefined
  const distance = at - last.at
  const error = start - last.start - distance
  if (Math.abs(error) <= Math.max(JITTER_MS, JITTER_SHARE * distance)) return 0
  return Math.round(error) / 1_000
}

/** The clock after the store took the tick, or held it because it has one that is as late or later. A tick that was lost changes nothing. */
export const afterTick = (
  clock: ScrapeClock,
  tick: { readonly at: number; readonly start: number },
  outcome: 'stored' | 'held',
): ScrapeClock =>
  outcome === 'stored' ? { last: tick, hasHeld: clock.hasHeld } : { ...clock, hasHeld: true }
