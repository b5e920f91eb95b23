import type { SourceId } from './sources.ts'

/** Only the kept labels of metrics.md 1.1, one value each; no entry for a series without labels. */
export type Labels = Readonly<Partial<Record<'peer' | 'version' | 'method' | 'class' | 'quantile', string>>>

export interface ScalarSample {
  readonly source: SourceId
  readonly labels: Labels
  /** Finite. */
  readonly value: number
}

export interface HistogramSample {
  readonly source: SourceId
  readonly labels: Labels
  /** Ascending, finite, without +Inf; at most 64. */
  readonly bounds: readonly number[]
  /** Counts per bucket, not cumulative; bounds.length + 1, the last is +Inf. */
  readonly buckets: readonly number[]
  readonly sum: number
}

/** What one member gave at one tick. */
export interface MemberTick {
  readonly memberId: string
  readonly scalars: readonly ScalarSample[]
  readonly histograms: readonly HistogramSample[]
}

/** One tick (metrics.md 2.1). At most one sample per series and `at`. */
export interface TickBatch {
  /** Decimal uint64. */
  readonly clusterId: string
  /** Unix ms, a multiple of the interval. */
  readonly at: number
  readonly members: readonly MemberTick[]
}
