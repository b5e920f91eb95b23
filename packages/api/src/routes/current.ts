import { z } from '@hono/zod-openapi'
import { type CurrentMetrics, createCurrentReader } from '../current/current-metrics.ts'
import type { ApiDeps } from '../deps.ts'
import { defineRoute } from '../http/define-route.ts'
import { createRouter } from '../http/router.ts'
import { findMember } from '../members/find-member.ts'
import { toSeconds } from '../members/member-answer.ts'
import { createMemberBook } from '../members/member-book.ts'
import { MemberIdOrAllQuery } from '../members/member-id.ts'
import type { Membership } from '../members/membership.ts'
import { toScrapeAge } from '../members/scrape-age.ts'
import { type AskedMetrics, readMetricNames } from '../range/metric-names.ts'

const values = {
  sample_time: z.int().nullable(),
  age_seconds: z.int().nullable(),
  stale: z.boolean(),
  metrics: z.record(z.string(), z.number()),
  observations: z.record(z.string(), z.int()),
}

/** Of one member. */
const OneAnswer = z
  .object({ timestamp: z.int(), member_id: z.string(), ...values, unknown_metrics: z.array(z.string()) })
  .openapi('Current')
/** `member_id=all`. */
const AllAnswer = z
  .object({
    timestamp: z.int(),
    members: z.record(z.string(), z.object(values)),
    unknown_metrics: z.array(z.string()),
  })
  .openapi('CurrentOfMembers')

const getCurrent = defineRoute({
  method: 'get',
  path: '/',
  summary: 'Newest value of each metric',
  rules: {
    auth: 'session',
    deadline: 10_000,
    late: 'storage_unavailable',
    errors: ['too_many_metrics', 'member_not_found', 'storage_unavailable'],
  },
  request: {
    query: z.strictObject({
      member_id: MemberIdOrAllQuery,
      metrics: z
        .string()
        .optional()
        .openapi({ description: 'names, comma-separated, at most 200; all when absent' }),
    }),
  },
  answer: z.union([OneAnswer, AllAnswer]),
})

/** `/api/current` (api.md 5.2). */
export function currentRoutes(deps: Pick<ApiDeps, 'etcd' | 'metrics' | 'clock' | 'settings'>) {
  const { metrics, clock, settings } = deps
  const book = createMemberBook(deps, settings.interval)
  const reader = createCurrentReader(metrics)

  const answerOf = async (
    id: string,
    membership: Membership,
    asked: AskedMetrics | undefined,
    signal: AbortSignal,
  ) => {
    const member = findMember(membership, id)
    const stored = membership.stored.find(
      (one) => one.member.memberId === member?.memberId && one.member.clusterId === member.clusterId,
    )
    const all = member ? await reader.read(member, signal) : new Map()
    return { ...toScrapeAge(stored, settings.interval, clock.now()), ...toValues(all, asked) }
  }

  return createRouter().openapi(getCurrent, async (c) => {
    const { member_id, metrics: list } = c.req.valid('query')
    const asked = list === undefined ? undefined : readMetricNames(list)
    const membership = await book.read()
    const shared = { timestamp: toSeconds(clock.now()), unknown_metrics: [...(asked?.unknown ?? [])] }
    if (member_id === 'all') {
      const each = membership.current.map(
        async ({ id }) => [id, await answerOf(id, membership, asked, c.var.signal)] as const,
      )
      return c.json({ ...shared, members: Object.fromEntries(await Promise.all(each)) }, 200)
    }
    const found = findMember(membership, member_id)
    const answer = await answerOf(member_id, membership, asked, c.var.signal)
    return c.json({ ...shared, member_id: found?.memberId ?? '', ...answer }, 200)
  })
}

function toValues(all: CurrentMetrics, asked: AskedMetrics | undefined) {
  const wanted = asked ? new Set(asked.metrics.map(({ name }) => name)) : undefined
  const shown = [...all].filter(([name]) => !wanted || wanted.has(name))
  return {
    metrics: Object.fromEntries(shown.map(([name, { value }]) => [name, value])),
    observations: Object.fromEntries(
      shown.flatMap(([name, { observations }]) => (observations === undefined ? [] : [[name, observations]])),
    ),
  }
}
