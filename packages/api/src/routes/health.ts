import { AppError } from '@etcdmonitor/core/errors'
import type { MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import { z } from '@hono/zod-openapi'
import type { ApiDeps } from '../deps.ts'
import { defineRoute } from '../http/define-route.ts'
import { createRouter } from '../http/router.ts'

/** How long the state store may take to show that it is there, ms. */
const STATE_PATIENCE = 1_000

const getHealth = defineRoute({
  method: 'get',
  path: '/healthz',
  summary: 'The process lives',
  rules: { auth: 'public', deadline: 10_000, errors: [], whileDraining: true },
  request: {},
  answer: z.object({ status: z.literal('ok') }).openapi('Health'),
})

const Checks = z.object({
  state_store: z.enum(['ok', 'unavailable', 'no_account']),
  metrics_store: z.enum(['ok', 'unavailable', 'no_data_yet']),
  process: z.literal('draining').optional(),
  secret_file: z.literal('no_key').optional(),
})

const getReadiness = defineRoute({
  method: 'get',
  path: '/readyz',
  summary: 'The process may be sent requests',
  rules: { auth: 'public', deadline: 10_000, errors: [], whileDraining: true },
  request: {},
  answer: z.object({ status: z.literal('ready'), checks: Checks }).openapi('Ready'),
  others: { 503: z.object({ status: z.literal('not_ready'), checks: Checks }).openapi('NotReady') },
})

/** `/healthz` and `/readyz` (api.md 9.1, 9.2). etcd is no part of either; neither is history, which is only shown. */
export const healthRoutes = (deps: Pick<ApiDeps, 'state' | 'metrics' | 'keys' | 'clock' | 'isDraining'>) =>
  createRouter()
    .openapi(getHealth, (c) => c.json({ status: 'ok' as const }, 200))
    .openapi(getReadiness, async (c) => {
      const state_store = await checkState(deps)
      const metrics_store = checkMetrics(deps.metrics)
      const isDraining = deps.isDraining()
      const { isOrphaned } = deps.keys
      const checks = {
        state_store,
        metrics_store,
        ...(isDraining && { process: 'draining' as const }),
        ...(isOrphaned && { secret_file: 'no_key' as const }),
      }
      if (state_store !== 'ok' || isDraining || isOrphaned)
        return c.json({ status: 'not_ready' as const, checks }, 503)
      return c.json({ status: 'ready' as const, checks }, 200)
    })

async function checkState({
  state,
  clock,
}: Pick<ApiDeps, 'state' | 'clock'>): Promise<z.infer<typeof Checks>['state_store']> {
  const answered = new AbortController()
  try {
    const overrun = clock.sleep(STATE_PATIENCE, answered.signal)
    const count = await Promise.race([state.accounts.count(), overrun])
    if (count === undefined) return 'unavailable'
    return count > 0 ? 'ok' : 'no_account'
  } catch (error) {
    if (error instanceof AppError) return 'unavailable'
    throw error
  } finally {
    answered.abort()
  }
}

/** Asks nothing of the store that could take long: what it last knew of itself. */
function checkMetrics(metrics: Pick<MetricsReader, 'health'>): z.infer<typeof Checks>['metrics_store'] {
  const { state, reason } = metrics.health()
  if (reason === 'no_file') return 'no_data_yet'
  return state === 'unavailable' ? 'unavailable' : 'ok'
}
