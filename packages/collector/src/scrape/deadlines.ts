/** Milliseconds, as `createCollector` is given them. */
export interface ScrapeTimes {
  readonly intervalMs: number
  /** 0: a third of the interval, at most 10 s. */
  readonly timeoutMs: number
}

export interface Deadlines {
  readonly scrape: number
  readonly status: number
}

const MAX_DEFAULT = 10_000
const MAX_CALL = 5_000
const MAX_PATIENCE = 1_000
/** Left for the append: a member that takes all its time would otherwise cost every member the next tick. */
const MAX_MARGIN = 500

/**
 * How long the requests to a member may take that start `offset` ms after the tick (metrics.md 2.2). A late start shortens them, so that
 * the next tick begins in time; after a standstill a little is left.
 */
export function deadlinesOf({ intervalMs, timeoutMs }: ScrapeTimes, offset: number): Deadlines {
  const timeout = timeoutMs === 0 ? Math.min(intervalMs / 3, MAX_DEFAULT) : timeoutMs
  const margin = Math.min(MAX_MARGIN, intervalMs / 10)
  const scrape = Math.min(timeout, Math.max(margin, intervalMs - offset - margin))
  return { scrape, status: Math.min(scrape, MAX_CALL) }
}

/** How long after the last offset the first append waits for members that have not answered. */
export const patienceOf = ({ intervalMs }: ScrapeTimes): number => Math.min(MAX_PATIENCE, intervalMs / 4)
