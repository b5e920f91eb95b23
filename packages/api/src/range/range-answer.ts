import { z } from '@hono/zod-openapi'

const Column = z.array(z.number().nullable())
const Stats = z
  .object({
    min: z.number().nullable(),
    max: z.number().nullable(),
    avg: z.number().nullable(),
    last: z.number().nullable(),
    last_time: z.int().nullable(),
  })
  .openapi('WindowStats')

const Band = z.object({ min: Column, max: Column }).openapi('Band')

const head = {
  start: z.int(),
  end: z.int(),
  step: z.int(),
  resolution: z.int(),
  member_id: z.string(),
}

/** Which method a `grpc_method_<n>_count` counts. */
const RankLabels = z.record(z.string(), z.object({ method: z.string() }))

const byName = <T extends z.ZodType>(value: T) => z.record(z.string(), value)

/** `format=points`: slots without a sample, and names without any, are left out. */
const PointsAnswer = z
  .object({
    ...head,
    metrics: byName(z.array(z.object({ ts: z.int(), value: z.number() }))),
    labels: RankLabels.optional(),
    unknown_metrics: z.array(z.string()),
  })
  .openapi('RangePoints')

/** `format=columns` of one member. Every column has the length of `times`. */
const ColumnsAnswer = z
  .object({
    ...head,
    times: z.array(z.int()),
    series: byName(Column),
    labels: RankLabels.optional(),
    stats: byName(Stats).optional(),
    band: byName(Band).optional(),
    counts: byName(Column).optional(),
    unknown_metrics: z.array(z.string()),
  })
  .openapi('RangeColumns')

/** `format=columns` of all members: keyed by member first. */
const MembersAnswer = z
  .object({
    ...head,
    member_id: z.literal('all'),
    times: z.array(z.int()),
    series: byName(byName(Column)),
    labels: byName(RankLabels).optional(),
    stats: byName(byName(Stats)).optional(),
    band: byName(byName(Band)).optional(),
    counts: byName(byName(Column)).optional(),
    unknown_metrics: z.array(z.string()),
  })
  .openapi('RangeColumnsOfMembers')

export const RangeAnswer = z.union([PointsAnswer, MembersAnswer, ColumnsAnswer])
