import { setImmediate } from 'node:timers/promises'
import { type MemberPage, parsePage } from '@etcdmonitor/core/metrics/scrape/parse-page'
import type { ScrapeFailure } from '@etcdmonitor/core/ports/etcd-cluster'
import type { Clock } from '@etcdmonitor/core/time'

/** Work of this many ms runs in one go; after it others get a turn. */
const TURN = 5

/**
 * Parses the page of a member without holding up the process. `timeout` when the monotonic instant `endsAt` passes before the last
 * line; rejects with the reason of `signal` alone.
 */
export async function readMemberPage(
  body: Uint8Array,
  { memberId, endsAt, clock, signal }: ReadOptions,
): Promise<MemberPage | ScrapeFailure> {
  const work = parsePage(body, memberId)
  let turnEnds = clock.monotonic() + TURN
  for (;;) {
    const { done, value } = work.next()
    if (clock.monotonic() > endsAt) return { reason: 'timeout', detail: 'the page was not parsed in time' }
    if (done) return value
    if (clock.monotonic() < turnEnds) continue
    await setImmediate()
    signal.throwIfAborted()
    turnEnds = clock.monotonic() + TURN
  }
}

interface ReadOptions {
  readonly memberId: string
  readonly endsAt: number
  readonly clock: Clock
  readonly signal: AbortSignal
}
