import type { WindowStats } from '@etcdmonitor/core/metrics/window-stats'
import { z } from '@hono/zod-openapi'
import type { RangeRequest } from './range-request.ts'

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
    unknown_metrics: z.array(z.string()),
  })
  .openapi('RangeColumnsOfMembers')

export const RangeAnswer = z.union([PointsAnswer, MembersAnswer, ColumnsAnswer])

/** What was computed of one member and metric; NaN = null. */
export interface Evaluated {
  readonly name: string
  readonly values: Float64Array
  /** Of a rank: the method that has it. */
  readonly labels?: { readonly method: string }
  readonly stats?: WindowStats
}

/** By member id, in the order of the request; metrics in its order. */
export type EvaluatedMembers = ReadonlyMap<string, readonly Evaluated[]>

export function toRangeAnswer(request: RangeRequest, members: EvaluatedMembers): z.input<typeof RangeAnswer> {
  const { window, parts, memberId, unknown } = request
  const times = Array.from({ length: window.slots }, (_, i) => (window.from + i * window.step) / 1_000)
  const shared = {
    start: window.from / 1_000,
    end: window.to / 1_000,
    step: window.step / 1_000,
    resolution: parts.length / 1_000,
    member_id: memberId,
  }
  const one = [...members.values()][0] ?? []
  if (request.format === 'points')
    return {
      ...shared,
      metrics: toPoints(one, times),
      ...toLabels(request, one),
      unknown_metrics: [...unknown],
    }
  if (memberId !== 'all')
    return {
      ...shared,
      times,
      ...toColumns(one, request.withStats),
      ...toLabels(request, one),
      unknown_metrics: [...unknown],
    }
  const each = [...members].map(([id, of]) => [id, toColumns(of, request.withStats)] as const)
  return {
    ...shared,
    member_id: 'all',
    times,
    series: Object.fromEntries(each.map(([id, { series }]) => [id, series])),
    ...(asksRanks(request) && {
      labels: Object.fromEntries([...members].map(([id, of]) => [id, methodsOf(of)])),
    }),
    ...(request.withStats && { stats: Object.fromEntries(each.map(([id, { stats = {} }]) => [id, stats])) }),
    unknown_metrics: [...unknown],
  }
}

function toPoints(of: readonly Evaluated[], times: readonly number[]) {
  const entries = of.map(({ name, values }) => {
    const points = times.flatMap((ts, i) => {
      const value = orNull(values[i])
      return value === null ? [] : [{ ts, value }]
    })
    return [name, points] as const
  })
  return Object.fromEntries(entries.filter(([, points]) => points.length > 0))
}

const toColumns = (of: readonly Evaluated[], withStats: boolean) => ({
  series: Object.fromEntries(of.map(({ name, values }) => [name, Array.from(values, orNull)])),
  ...(withStats && { stats: Object.fromEntries(of.map(({ name, stats }) => [name, toStats(stats)])) }),
})

const asksRanks = ({ metrics }: RangeRequest): boolean =>
  metrics.some(({ params }) => params.rank !== undefined)

const toLabels = (request: RangeRequest, of: readonly Evaluated[]) =>
  asksRanks(request) ? { labels: methodsOf(of) } : {}

const methodsOf = (of: readonly Evaluated[]) =>
  Object.fromEntries(of.flatMap(({ name, labels }) => (labels ? [[name, labels] as const] : [])))

const toStats = (stats: WindowStats | undefined): z.input<typeof Stats> => ({
  min: orNull(stats?.min),
  max: orNull(stats?.max),
  avg: orNull(stats?.avg),
  last: orNull(stats?.last),
  last_time: stats && !Number.isNaN(stats.lastTime) ? stats.lastTime / 1_000 : null,
})

const orNull = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null
