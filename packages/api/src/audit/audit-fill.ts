import { AppError } from '@etcdmonitor/core/errors'
import type { HealthFacts } from '@etcdmonitor/core/etcd/cluster-health'
import type { ApiDeps } from '../deps.ts'

/** Counting a large log takes a while, and its size changes slowly, ms. */
const KEPT = 300_000
/** What waits for it is answered without it then, ms. */
const PATIENCE = 1_000

/** How full the audit log is, at most 5 min old; what is known, if anything, while the store is silent or still counts. */
export function createAuditFill({
  state,
  clock,
  settings,
}: Pick<ApiDeps, 'state' | 'clock' | 'settings'>): () => Promise<HealthFacts['audit']> {
  const maxRows = settings.auditMaxRows
  let counting: Promise<void> | undefined
  let rows: number | undefined
  let countedAt = Number.NEGATIVE_INFINITY

  async function count(): Promise<void> {
    try {
      rows = await state.audit.countRows()
      countedAt = clock.monotonic()
    } catch (error) {
      if (!(error instanceof AppError)) throw error
    } finally {
      counting = undefined
    }
  }

  return async () => {
    if (clock.monotonic() - countedAt >= KEPT) {
      counting ??= count()
      const over = new AbortController()
      await Promise.race([counting, clock.sleep(PATIENCE, over.signal)])
      over.abort()
    }
    return rows === undefined ? undefined : { rows, maxRows }
  }
}
