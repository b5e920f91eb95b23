import { AppError } from '@etcdmonitor/core/errors'
import type { MetricsReader, StoredMember } from '@etcdmonitor/core/ports/metrics-store'
import { z } from '@hono/zod-openapi'
import type { ApiDeps } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import { createRouter } from '../../http/router.ts'
import { toSeconds } from '../../members/member-answer.ts'
import type { MemberBook } from '../../members/member-book.ts'
import { StoreState } from './store-state.ts'

const Store = <T extends string>(...drivers: readonly T[]) =>
  z.object({ driver: z.enum(drivers), status: StoreState })

const getDebug = defineRoute({
  method: 'get',
  path: '/',
  summary: 'What this process is made of, for reports of problems',
  rules: { auth: 'session', deadline: 10_000, errors: [] },
  request: { query: z.strictObject({}) },
  answer: z
    .object({
      db_member_ids: z
        .record(z.string(), z.int().nullable())
        .openapi({ description: 'stored values by member id; null where the store does not count them' }),
      collector_members: z.array(
        z.object({ id: z.string(), name: z.string(), endpoint: z.string(), is_default: z.boolean() }),
      ),
      default_member_id: z.string(),
      timestamp: z.int(),
      app: z.object({
        version: z.string(),
        node: z.string(),
        uptime_seconds: z.int(),
        started_at: z.int(),
      }),
      stores: z.object({ metrics: Store('sqlite', 'influxdb'), state: Store('sqlite', 'postgres') }),
      config: z
        .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
        .openapi({ description: 'by path, such as log.level' }),
      caches: z.record(z.string(), z.int()).openapi({ description: 'entries by name' }),
    })
    .openapi('Debug'),
})

type DebugDeps = Pick<ApiDeps, 'metrics' | 'state' | 'clock' | 'settings'>

/** `/api/debug` (api.md 5.6). `caches`: how many entries each has now. */
export function debugRoutes(
  { metrics, state, clock, settings }: DebugDeps,
  book: MemberBook,
  caches: Readonly<Record<string, () => number>>,
) {
  const started = { at: clock.now(), monotonic: clock.monotonic() }
  return createRouter().openapi(getDebug, async (c) => {
    const [membership, counted, stateHealth] = await Promise.all([
      book.read(),
      readCounted(metrics, book),
      state.health(),
    ])
    return c.json(
      {
        db_member_ids: countSamples(counted),
        collector_members: membership.current.map(({ id, name, view }) => ({
          id,
          name,
          endpoint: view?.endpoint ?? '',
          is_default: id === membership.defaultId,
        })),
        default_member_id: membership.defaultId,
        timestamp: toSeconds(clock.now()),
        app: {
          version: settings.appVersion,
          node: settings.nodeVersion,
          uptime_seconds: Math.floor((clock.monotonic() - started.monotonic) / 1_000),
          started_at: toSeconds(started.at),
        },
        stores: {
          metrics: { driver: settings.metricsDriver, status: metrics.health().state },
          state: { driver: settings.stateDriver, status: stateHealth },
        },
        config: settings.shownConfig,
        caches: Object.fromEntries(Object.entries(caches).map(([name, count]) => [name, count()])),
      },
      200,
    )
  })
}

/** None when the store does not answer: the rest is told all the same. */
async function readCounted(
  metrics: Pick<MetricsReader, 'members'>,
  book: MemberBook,
): Promise<readonly StoredMember[]> {
  try {
    return await metrics.members({ counted: true, clusterId: await book.clusterId() })
  } catch (error) {
    if (error instanceof AppError) return []
    throw error
  }
}

/** An id with history in several clusters has the values of all of them. */
function countSamples(stored: readonly StoredMember[]): Record<string, number | null> {
  const byId = Map.groupBy(stored, ({ member }) => member.memberId)
  return Object.fromEntries(
    [...byId].map(([id, of]) => [
      id,
      of.every(({ samples }) => samples !== undefined)
        ? of.reduce((sum, { samples = 0 }) => sum + samples, 0)
        : null,
    ]),
  )
}
