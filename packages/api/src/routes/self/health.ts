import { AppError } from '@etcdmonitor/core/errors'
import type { MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import { z } from '@hono/zod-openapi'
import type { ApiDeps } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import { createRouter } from '../../http/router.ts'

/** How long the state store may take to show that it is there, ms. */
const STATE_PATIENCE = 1_000
/** How long what it said holds, ms: anybody may ask here, as often as they like. */
const STATE_MEMORY = 250

const getHealth = defineRoute({
  method: 'get',
  path: '/healthz',
  summary: 'The process lives',
  rules: { auth: 'public', deadline: 10_000, errors: [], whileDraining: true },
  request: {},
  answer: z.object({ status: z.literal('ok') }).openapi('Health'),
})

const Checks = z.object({
  state_store: z.enum(['ok', 'degraded', 'unavailable', 'no_account']),
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
export const healthRoutes = (deps: Pick<ApiDeps, 'state' | 'metrics' | 'keys' | 'clock' | 'isDraining'>) => {
  const checkState = createStateCheck(deps)
  return createRouter()
    .openapi(getHealth, (c) => c.json({ status: 'ok' as const }, 200))
    .openapi(getReadiness, async (c) => {
      const state_store = await checkState()
      const metrics_store = checkMetrics(deps.metrics)
      const isDraining = deps.isDraining()
      const { isOrphaned } = deps.keys
      const checks = {
        state_store,
        metrics_store,
        ...(isDraining && { process: 'draining' as const }),
        ...(isOrphaned && { secret_file: 'no_key' as const }),
      }
      const isAnswering = state_store === 'ok' || state_store === 'degraded'
      if (!isAnswering || isDraining || isOrphaned)
        return c.json({ status: 'not_ready' as const, checks }, 503)
      return c.json({ status: 'ready' as const, checks }, 200)
    })
}

type StateCheck = z.infer<typeof Checks>['state_store']

/** One look at the store for all who ask while it runs, and shortly after. */
function createStateCheck(deps: Pick<ApiDeps, 'state' | 'clock'>): () => Promise<StateCheck> {
  const { clock } = deps
  let last: { readonly check: Promise<StateCheck>; endedAt: number } | undefined
  return () => {
    if (last && clock.monotonic() - last.endedAt < STATE_MEMORY) return last.check
    const look = { check: checkState(deps), endedAt: Number.POSITIVE_INFINITY }
    const end = () => {
      look.endedAt = clock.monotonic()
    }
    look.check.then(end, end)
    last = look
    return look.check
  }
}

async function checkState({ state, clock }: Pick<ApiDeps, 'state' | 'clock'>): Promise<StateCheck> {
  const answered = new AbortController()
  try {
    const overrun = clock.sleep(STATE_PATIENCE, answered.signal)
    return (await Promise.race([askState(state), overrun])) ?? 'unavailable'
  } catch (error) {
    if (error instanceof AppError) return 'unavailable'
    throw error
  } finally {
    answered.abort()
  }
}

/** `degraded`: its last write failed, on a full disk for example, or it is slow. What is stored can be read, which is worth being sent requests. */
const askState = async (state: ApiDeps['state']): Promise<StateCheck> =>
  (await state.accounts.count()) > 0 ? state.health() : 'no_account'

/** Asks nothing of the store that could take long: what it last knew of itself. */
function checkMetrics(metrics: Pick<MetricsReader, 'health'>): z.infer<typeof Checks>['metrics_store'] {
  const { state, reason } = metrics.health()
  if (reason === 'no_file') return 'no_data_yet'
  return state === 'unavailable' ? 'unavailable' : 'ok'
}
