import { isFresh } from '@etcdmonitor/core/etcd/cluster-health'
import type { StoredMember } from '@etcdmonitor/core/ports/metrics-store'
import { toSeconds } from './member-answer.ts'
import { toAge } from './view-age.ts'

/** The last scrape succeeded and is at most three intervals old (api.md 5.2, 5.4). `interval`, `now` in ms. */
export const isScraped = (stored: StoredMember | undefined, interval: number, now: number): boolean =>
  stored !== undefined &&
  stored.newestOkAt > 0 &&
  stored.newestOkAt === stored.newestAt &&
  isFresh(stored.newestOkAt, interval, now)

/** When the member was last scraped well, and whether that is old. */
export function toScrapeAge(stored: StoredMember | undefined, interval: number, now: number) {
  const at = stored?.newestOkAt || undefined
  return {
    sample_time: toSeconds(at),
    age_seconds: at === undefined ? null : toAge(at, now),
    stale: !isScraped(stored, interval, now),
  }
}
