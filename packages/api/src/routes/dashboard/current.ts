import type { MemberRef } from '@etcdmonitor/core/ports/metrics-store'
import { z } from '@hono/zod-openapi'
import type { CurrentMetrics } from '../../current/compute-current.ts'
import { createCurrentReader } from '../../current/current-metrics.ts'
import type { ApiDeps } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import { createRouter } from '../../http/router.ts'
import { findMember } from '../../members/find-member.ts'
import { toSeconds } from '../../members/member-answer.ts'
import type { MemberBook } from '../../members/member-book.ts'
import { MemberIdOrAllQuery } from '../../members/member-id.ts'
import type { Membership } from '../../members/membership.ts'
import { toScrapeAge } from '../../members/scrape-age.ts'
import { type AskedMetrics, readMetricNames, unknownNames } from '../../range/metric-names.ts'

const values = {
  sample_time: z.int().nullable(),
  age_seconds: z.int().nullable(),
  stale: z.boolean(),
  metrics: z.record(z.string(), z.number()),
  observations: z.record(z.string(), z.int()),
  /** Which method a `grpc_method_<n>_count` counts; only when one was asked for. */
  labels: z.record(z.string(), z.object({ method: z.string() })).optional(),
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
export function currentRoutes(
  { metrics, clock, settings }: Pick<ApiDeps, 'metrics' | 'clock' | 'settings'>,
  book: MemberBook,
) {
  const reader = createCurrentReader(metrics, clock)

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
    const all = member ? await reader.read(member, peersOf(membership, member), signal) : new Map()
    return { ...toScrapeAge(stored, settings.interval, clock.now()), ...toValues(all, asked) }
  }

  return createRouter().openapi(getCurrent, async (c) => {
    const { member_id, metrics: list } = c.req.valid('query')
    const asked = list === undefined ? undefined : readMetricNames(list)
    const membership = await book.read()
    const timestamp = toSeconds(clock.now())
    const toUnknown = (answers: readonly { readonly metrics: Readonly<Record<string, number>> }[]) => [
      ...unknownNames(asked?.unsure ?? [], (name) => answers.some((one) => Object.hasOwn(one.metrics, name))),
    ]
    if (member_id === 'all') {
      const each = membership.current.map(
        async ({ id }) => [id, await answerOf(id, membership, asked, c.var.signal)] as const,
      )
      const members = await Promise.all(each)
      const unknown_metrics = toUnknown(members.map(([, one]) => one))
      return c.json({ timestamp, unknown_metrics, members: Object.fromEntries(members) }, 200)
    }
    const found = findMember(membership, member_id)
    const answer = await answerOf(member_id, membership, asked, c.var.signal)
    return c.json(
      { timestamp, unknown_metrics: toUnknown([answer]), member_id: found?.memberId ?? '', ...answer },
      200,
    )
  })
}

/** The current members of the cluster; of a former cluster nobody is compared. */
const peersOf = ({ clusterId, current }: Membership, member: MemberRef): readonly MemberRef[] =>
  member.clusterId === clusterId ? current.map(({ id }) => ({ clusterId, memberId: id })) : []

/** A bare name stands for the keys of all values of its label. */
function toValues(all: CurrentMetrics, asked: AskedMetrics | undefined) {
  const wanted = asked && new Set(asked.metrics.map(({ name }) => name))
  const shown = [...all].filter(([key]) => !wanted || wanted.has(key) || wanted.has(key.replace(/\{.*/, '')))
  const ranks = shown.flatMap(([key, { method }]) =>
    method === undefined ? [] : [[key, { method }] as const],
  )
  return {
    metrics: Object.fromEntries(shown.map(([key, { value }]) => [key, value])),
    observations: Object.fromEntries(
      shown.flatMap(([key, { observations }]) => (observations === undefined ? [] : [[key, observations]])),
    ),
    ...(ranks.length > 0 && { labels: Object.fromEntries(ranks) }),
  }
}
