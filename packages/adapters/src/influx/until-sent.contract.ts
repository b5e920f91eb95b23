import { setTimeout as sleep } from 'node:timers/promises'
import type { Outbox } from '@etcdmonitor/core/ports/outbox'

const LIMIT = 60_000

/** Until a server has taken everything, or the outbox is closed: what is asked then says so itself. @throws Error after a minute */
export async function untilSent(outbox: Pick<Outbox, 'totals'>): Promise<void> {
  for (const end = performance.now() + LIMIT; countOf(outbox) > 0; await sleep(2))
    if (performance.now() > end) throw new Error(`${countOf(outbox)} batches wait after ${LIMIT} ms`)
}

function countOf(outbox: Pick<Outbox, 'totals'>): number {
  try {
    return outbox.totals().records
  } catch {
    return 0
  }
}
