import type { Log } from '@etcdmonitor/core/ports/log'
import type { Clock } from '@etcdmonitor/core/time'

/** Counts by reason what was left out, and tells it as one warning a minute at most. */
export interface DropTally {
  add(counts: Readonly<Partial<Record<string, number>>>): void
  /** Tells what was counted, unless it was told within the last minute. Called once a tick. */
  tell(): void
}

const AT_MOST_EVERY = 60_000

export function createDropTally(
  event: string,
  { log, clock }: { readonly log: Log; readonly clock: Clock },
): DropTally {
  const counted = new Map<string, number>()
  let toldAt = -Infinity
  return {
    add(counts) {
      for (const [reason, count = 0] of Object.entries(counts))
        if (count > 0) counted.set(reason, (counted.get(reason) ?? 0) + count)
    },
    tell() {
      if (counted.size === 0 || clock.monotonic() - toldAt < AT_MOST_EVERY) return
      log.warn(event, Object.fromEntries(counted))
      counted.clear()
      toldAt = clock.monotonic()
    },
  }
}
