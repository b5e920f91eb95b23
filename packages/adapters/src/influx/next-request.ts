import type { Outbox, WaitingBatch } from '@etcdmonitor/core/ports/outbox'
import { unpackLines } from './batch-body.ts'
import { withMark } from './line-protocol.ts'

/** Of one request, text before compression. */
const MAX_TEXT = 4 * 1_048_576
const MAX_BATCHES = 256

export interface PlannedRequest {
  readonly batches: readonly { readonly batch: WaitingBatch; readonly lines: readonly string[] }[]
  /** Goes before older ones. */
  readonly isLive: boolean
}

export interface RequestBounds {
  /** Ticks from here on are live, Unix ms. */
  readonly liveFrom: number
  readonly maxLines: number
  /** Nothing but a live tick is to be sent. */
  readonly isHeld: boolean
}

/**
 * The newest tick where older ones would keep it waiting, else the oldest batches, joined; undefined: nothing waits. What overtakes older
 * ones is marked, since until they are there its predecessor is missing.
 */
export function planRequest(
  outbox: Pick<Outbox, 'oldest' | 'lastTick' | 'read'>,
  { liveFrom, maxLines, isHeld }: RequestBounds,
): PlannedRequest | undefined {
  const joined = isHeld ? [] : joinOldest(outbox.oldest({ records: MAX_BATCHES, lines: maxLines }))
  const ids = new Set(joined.map(({ batch }) => batch.id))
  const last = outbox.lastTick()
  const overtakes = last.some(({ id }) => !ids.has(id)) && (last[0]?.at ?? 0) >= liveFrom
  if (!overtakes) return joined.length > 0 ? { batches: joined, isLive: false } : undefined
  const live = outbox.read(last.map(({ id }) => id))
  return {
    batches: live.map((batch) => ({ batch, lines: unpackLines(batch.body).map(withMark) })),
    isLive: true,
  }
}

/** At least one. */
function joinOldest(oldest: readonly WaitingBatch[]): PlannedRequest['batches'] {
  const joined: { batch: WaitingBatch; lines: readonly string[] }[] = []
  let text = 0
  for (const batch of oldest) {
    const lines = unpackLines(batch.body)
    text += lines.reduce((sum, line) => sum + line.length + 1, 0)
    if (joined.length > 0 && text > MAX_TEXT) break
    joined.push({ batch, lines })
  }
  return joined
}
