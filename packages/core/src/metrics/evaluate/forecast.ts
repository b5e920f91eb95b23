import type { SeriesSlots } from '../../ports/metrics-store.ts'
import type { Metric } from '../catalogue.ts'
import type { Window } from '../slots/plan-window.ts'
import type { WindowStats } from '../slots/window-stats.ts'

/** Width of a point, ms, and how many a forecast rests on (metrics.md 3.8). */
export const FORECAST_STEP = 300_000
export const FORECAST_POINTS = 48
/** A fall by a larger share than this is a defragmentation or a restore: growth begins anew. */
const FALL = 0.01
const MIN_POINTS = 3
const MIN_SPAN = 600
/** Hours: a year or more, or not growing. */
const LONGEST = 8_760

/** Mean of a slot: seconds of its centre, bytes; null where it had no sample. */
export type GrowthPoint = readonly [seconds: number, bytes: number | null]

/** Bytes per hour by least squares, since the database last shrank; undefined where too little is known. */
export function growth(points: readonly GrowthPoint[]): number | undefined {
  const known = sinceLastFall(knownPoints(points))
  const [first] = known
  const last = known.at(-1)
  if (!first || !last || known.length < MIN_POINTS || last.seconds - first.seconds < MIN_SPAN)
    return undefined
  const meanSeconds = mean(known.map(({ seconds }) => seconds))
  const meanBytes = mean(known.map(({ bytes }) => bytes))
  let above = 0
  let below = 0
  for (const { seconds, bytes } of known) {
    above += (seconds - meanSeconds) * (bytes - meanBytes)
    below += (seconds - meanSeconds) ** 2
  }
  return (above / below) * 3_600
}

/** Hours until the database reaches `quota` at its present growth, 8760 at most; undefined without growth or with the quota off. */
export function hoursToQuota(points: readonly GrowthPoint[], quota: number | undefined): number | undefined {
  const perHour = growth(points)
  const size = knownPoints(points).at(-1)?.bytes
  if (perHour === undefined || size === undefined || quota === undefined || !(quota > 0)) return undefined
  if (perHour > 0) return Math.min(LONGEST, Math.max(0, (quota - size) / perHour))
  return size >= quota ? 0 : LONGEST
}

interface KnownPoint {
  readonly seconds: number
  readonly bytes: number
}

const knownPoints = (points: readonly GrowthPoint[]): readonly KnownPoint[] =>
  points.flatMap(([seconds, bytes]) => (bytes === null ? [] : [{ seconds, bytes }]))

function sinceLastFall(points: readonly KnownPoint[]): readonly KnownPoint[] {
  const fall = points.findLastIndex(({ bytes }, i) => bytes < (points[i - 1]?.bytes ?? 0) * (1 - FALL))
  return fall < 0 ? points : points.slice(fall)
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

/** Slots of 300 s of the sources of a forecast, which begin early enough for all that is asked. */
export interface ForecastHistory {
  /** Unix ms, a multiple of 300 s. */
  readonly from: number
  readonly series: readonly SeriesSlots[]
}

/** The forecast at `at`, Unix ms, from the 48 slots up to the one that it lies in; NaN = null. */
export function forecastAt(metric: Metric, { from, series }: ForecastHistory, at: number): number {
  const end = Math.floor((at - from) / FORECAST_STEP) + 1
  const first = Math.max(0, end - FORECAST_POINTS)
  const size = series.find(({ source }) => source === 'db_total')
  if (size?.kind !== 'gauge') return Number.NaN
  const points = Array.from(size.sum.subarray(first, end), (sum, i): GrowthPoint => {
    const centre = (from + (first + i + 0.5) * FORECAST_STEP) / 1_000
    const count = size.count[first + i] ?? 0
    return [centre, count > 0 ? sum / count : null]
  })
  if (!metric.source.includes('quota_bytes')) return growth(points) ?? Number.NaN
  const quota = series.find(({ source }) => source === 'quota_bytes')
  const limits = quota?.kind === 'gauge' ? quota.last.subarray(first, end) : new Float64Array(0)
  return (
    hoursToQuota(
      points,
      limits.findLast((value) => !Number.isNaN(value)),
    ) ?? Number.NaN
  )
}

/** At the end of each slot, of one that is not over at the newest tick (`until`, Unix ms); NaN for slots that begin after it. */
export function forecastSlots(
  metric: Metric,
  history: ForecastHistory,
  { from, step, slots }: Window,
  until: number,
): Float64Array {
  return Float64Array.from({ length: slots }, (_, i) => {
    const begin = from + i * step
    return begin > until ? Number.NaN : forecastAt(metric, history, Math.min(begin + step - 1, until))
  })
}

/** Of the window as one slot: the forecast at its end, or at the newest tick. */
export function forecastStats(
  values: Float64Array,
  { from, step, slots }: Window,
  until: number,
): WindowStats {
  const end = Math.min(slots - 1, Math.floor((until - from) / step))
  const value = values[end] ?? Number.NaN
  const lastTime = Number.isNaN(value) ? Number.NaN : from + end * step
  return { min: value, max: value, avg: value, last: value, lastTime }
}
