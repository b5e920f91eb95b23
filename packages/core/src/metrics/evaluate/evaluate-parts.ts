import type { SeriesSlots } from '../../ports/metrics-store.ts'
import type { Metric } from '../catalogue.ts'
import type { SourceId } from '../sources.ts'
import { evaluateMetric } from './evaluate-metric.ts'
import { followerLag, LAG_SOURCES, type Leading } from './follower-lag.ts'
import { seriesOf } from './metric-series.ts'
import { countRestarts } from './restarts.ts'

/** Primitives of the parts of a window (metrics.md 3.10): one entry per tick or coarse slot. */
export interface PartSlots {
  /** Unix ms, ascending: the tick, or the beginning of the slot. */
  readonly times: Float64Array
  /** Of a part, ms; 0 for ticks. */
  readonly length: number
  /** Newest tick, Unix ms: no part ends later. */
  readonly until: number
  readonly series: readonly SeriesSlots[]
  /** Index of the first part of the window; those before it are there for what looks back. Absent: 0. */
  readonly first?: number
  /** Absent: not read. */
  readonly leading?: Leading
}

/** What is read for a metric: its sources, and what judges them. */
export const readSources = ({ source, params }: Metric): readonly SourceId[] =>
  params.op === 'behind_max' ? LAG_SOURCES : source

/** Read of the parts before the window as well: what is counted between two of them. */
export const looksBack = ({ params }: Metric): boolean => params.op === 'restarts'

/** One value per part, each evaluated alone; NaN = null, and before the first part of the window. */
export function evaluateParts(metric: Metric, parts: PartSlots): Float64Array {
  const values = evaluateAll(metric, parts)
  const { first = 0 } = parts
  return first === 0 ? values : values.map((value, i) => (i < first ? Number.NaN : value))
}

function evaluateAll(metric: Metric, parts: PartSlots): Float64Array {
  const own = seriesOf(metric, parts.series)
  const { op } = metric.params
  if (op === 'restarts') return countRestarts(parts, own)
  if (op === 'since') return uptime(parts, own)
  if (op === 'behind_max') return followerLag(parts)
  return evaluateMetric(metric, own, parts.times.length, 'avg')
}

/** Seconds that the process has run at the end of each part. */
function uptime({ times, length, until }: PartSlots, [start]: readonly SeriesSlots[]): Float64Array {
  return times.map((time, i) => {
    const started = start?.kind === 'gauge' ? (start.last[i] ?? Number.NaN) : Number.NaN
    return Math.max(0, Math.min(time + length, Math.max(time, until)) / 1_000 - started)
  })
}
