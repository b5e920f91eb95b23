import { AppError } from '@etcdmonitor/core/errors'
import type { ClusterView } from '@etcdmonitor/core/etcd/cluster-view'
import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import { type MemberTicks, READ_LIMITS, type SeriesTicks } from '@etcdmonitor/core/ports/metrics-store'
import type { ApiDeps } from '../../deps.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Growth that is shown is of so long; whether somebody still writes is told by the last quarter of an hour. */
const LONG = 4 * HOUR
const SHORT = 15 * MINUTE
const RECENT = 5 * MINUTE
const WRITES: ReadonlySet<string> = new Set(['Put', 'Txn'])

/** What the samples tell of who writes; absent: there are none. */
export interface RescueRates {
  /** Of the largest member, over four hours and over a quarter of one. */
  readonly growthBytesPerHour?: number
  readonly recentGrowthBytesPerHour?: number
  /** How far back samples of every member reach without a gap at the end, ms; at most a quarter of an hour. */
  readonly watched?: number
  /** Over the last 5 min, or since the first sample; puts are applied by all members, calls come to one. */
  readonly putsPerSecond?: number
  readonly failedWritesPerSecond?: number
}

/** Nothing while the store does not answer. */
export async function readRescueRates(
  { metrics, clock }: Pick<ApiDeps, 'metrics' | 'clock'>,
  { clusterId, members }: ClusterView,
): Promise<RescueRates> {
  if (clusterId === undefined || members.length === 0) return {}
  const asked = members.slice(0, READ_LIMITS.members).map(({ id }) => ({ clusterId, memberId: id }))
  const now = clock.now()
  const read = (sources: readonly SourceId[], span: number) =>
    metrics.ticks({ members: asked, sources, from: now - span, to: now })
  try {
    const [sizes, counts] = await Promise.all([
      read(['db_total'], LONG),
      read(['put', 'grpc_handled'], RECENT),
    ])
    const largest = sizes.toSorted((a, b) => newestSize(b) - newestSize(a))[0]
    const puts = Math.max(...counts.map((ticks) => rateOf(ticks, ({ source }) => source === 'put')))
    const failed = counts.map((ticks) => rateOf(ticks, isFailedWrite)).filter((one) => !Number.isNaN(one))
    const watched = Math.min(...sizes.map((ticks) => reach(ticks, now)).filter((one) => one > 0))
    return {
      ...toFields('growthBytesPerHour', largest ? slope(largest, now - LONG) : Number.NaN),
      ...toFields('recentGrowthBytesPerHour', largest ? slope(largest, now - SHORT) : Number.NaN),
      ...toFields('watched', watched),
      ...toFields('putsPerSecond', puts),
      ...(failed.length > 0 && { failedWritesPerSecond: failed.reduce((sum, one) => sum + one, 0) }),
    }
  } catch (error) {
    if (error instanceof AppError) return {}
    throw error
  }
}

const toFields = (name: keyof RescueRates, value: number): RescueRates =>
  Number.isFinite(value) ? { [name]: value } : {}

const isFailedWrite = ({ source, labels }: SeriesTicks): boolean =>
  source === 'grpc_handled' && labels.class === 'failed' && WRITES.has(labels.method ?? '')

const valuesOf = ({ series }: MemberTicks): Float64Array | undefined => {
  const found = series.find(({ source }) => source === 'db_total')
  return found && found.kind !== 'histogram' ? found.values : undefined
}

const newestSize = (ticks: MemberTicks): number =>
  valuesOf(ticks)?.findLast((value) => !Number.isNaN(value)) ?? 0

/** Least squares over what was sampled since `from`, bytes per hour; NaN with fewer than two samples. */
function slope(ticks: MemberTicks, from: number): number {
  const points = [...(valuesOf(ticks) ?? [])].flatMap((value, index) => {
    const at = ticks.times[index] ?? 0
    return at >= from && !Number.isNaN(value) ? [{ hours: (at - from) / HOUR, value }] : []
  })
  const [x, y] = [mean(points.map(({ hours }) => hours)), mean(points.map(({ value }) => value))]
  const over = points.reduce((sum, { hours }) => sum + (hours - x) ** 2, 0)
  return points.reduce((sum, { hours, value }) => sum + (hours - x) * (value - y), 0) / over
}

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length

/** From the first sample of the last quarter of an hour to its last; 0 where that is old, or there is none. */
function reach({ times }: MemberTicks, now: number): number {
  const last = times.at(-1) ?? 0
  const first = times.find((at) => at >= now - SHORT) ?? last
  return now - last > RECENT ? 0 : last - first
}

/** Of the series that are meant, per second of the window that samples cover; a counter that falls began anew. NaN: fewer than two samples. */
function rateOf(ticks: MemberTicks, isMeant: (series: SeriesTicks) => boolean): number {
  const covered = (ticks.times.at(-1) ?? 0) - (ticks.times[Math.max(0, ticks.first - 1)] ?? 0)
  if (ticks.times.length <= ticks.first || covered <= 0) return Number.NaN
  const sums = ticks.series
    .filter(isMeant)
    .flatMap((series) => (series.kind === 'histogram' ? [] : [rise(series.values, ticks.first)]))
  return (sums.reduce((sum, one) => sum + one, 0) / covered) * 1_000
}

function rise(values: Float64Array, first: number): number {
  const known = values.slice(Math.max(0, first - 1)).filter((value) => !Number.isNaN(value))
  return known.reduce((sum, value, index) => {
    const before = known[index - 1]
    return before === undefined ? sum : sum + (value >= before ? value - before : value)
  }, 0)
}
