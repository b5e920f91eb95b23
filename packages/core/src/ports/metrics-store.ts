import type { DataReset } from '../etcd/data-reset.ts'
import type { Labels, TickBatch } from '../metrics/sample.ts'
import type { SourceId } from '../metrics/sources.ts'

/** Decimal uint64 strings. */
export interface MemberRef {
  readonly clusterId: string
  readonly memberId: string
}

/** What is shown of a member when etcd cannot be asked. Texts are cut: name 128, scrape error 220, others 64 characters. */
export interface MemberInfo {
  readonly memberId: string
  readonly name: string
  readonly serverVersion: string
  readonly clusterVersion: string
  readonly goVersion: string
  /** Reason and sentence of the newest scrape if it failed (metrics.md 2.4), else `''`. */
  readonly scrapeError: string
  /** The newest that the collector saw of the member's cluster (etcd.md 6.5); absent: none. */
  readonly dataReset?: DataReset
}

export interface AppendResult {
  /** Values made durable (a histogram counts its buckets + 1). */
  readonly stored: number
  /** Ids of the members whose tick was not stored because `at` is not later than their newest stored tick. */
  readonly held: readonly string[]
  /**
   * Values dropped one by one; of a store that is sent to later also what it does not get any more, since the last call: what waited too
   * long, and what it refused.
   */
  readonly dropped: Readonly<
    Record<'not_finite' | 'series_limit', number> & Partial<Record<'outbox_full' | 'refused', number>>
  >
}

type FileReason = 'no_file' | 'disk_low' | 'disk_full' | 'bad_blob' | 'schema_newer' | 'unreadable'
/** `retention_short`: it keeps less than `storage.retention_days`; `backlog`: ticks wait to be sent. */
type ServerReason =
  | 'auth'
  | 'bucket_missing'
  | 'unreachable'
  | 'rejecting'
  | 'failing'
  | 'retention_short'
  | 'backlog'

export interface StoreHealth {
  readonly state: 'ok' | 'degraded' | 'unavailable'
  readonly reason: '' | FileReason | ServerReason
}

/** The half only the collector is given. One writer per store; calls do not overlap, but `maintain` may run beside the others. */
export interface MetricsWriter extends AsyncDisposable {
  /**
   * Stores one tick, or what was late of it (metrics.md 2.2). Each member's tick is stored whole or not at all; when the promise
   * resolves everything counted in `stored` survives the death of any process and, on a disk that honours fsync, of the machine.
   * Repeating a batch is harmless: the repetition is `held`.
   * @throws AppError `storage_unavailable` when nothing could be made durable; the caller counts the tick as dropped and goes on
   */
  append(batch: TickBatch): Promise<AppendResult>
  /** Keeps the newest description of each member; a member that is absent keeps its old one. Writes only what changed. */
  describe(clusterId: string, members: readonly MemberInfo[]): Promise<void>
  /**
   * One bounded piece of housekeeping (seal, retention): blocks the event loop at most 50 ms. `more`: call again soon. `steady`: ms since the
   * start of the process or the last step of the wall clock.
   * @throws AppError `storage_unavailable`
   */
  maintain(clock: { readonly now: number; readonly steady: number }): Promise<{ readonly more: boolean }>
  /** A small memory of the collector (last member list): at most 16 keys, 64 KiB each, durable like a tick. `undefined` = never written. */
  recall(key: string): Promise<string | undefined>
  remember(key: string, text: string): Promise<void>
  health(): StoreHealth
}

export type GaugeColumn = 'count' | 'sum' | 'min' | 'max' | 'last'

export interface SlotQuery {
  /** 1 to 64. */
  readonly members: readonly MemberRef[]
  /** 1 to 200, distinct. */
  readonly sources: readonly SourceId[]
  /** Half-open window; to - from is a positive multiple of step. */
  readonly from: number
  readonly to: number
  /** ms, at least 50; from is a multiple of step unless there is exactly one slot. */
  readonly step: number
  /** Columns of gauges that are wanted; the others come back empty (length 0). Default: all five. */
  readonly gauge?: readonly GaugeColumn[]
}

export interface GaugeSlots {
  readonly kind: 'gauge'
  readonly source: SourceId
  readonly labels: Labels
  readonly count: Float64Array
  readonly sum: Float64Array
  readonly min: Float64Array
  readonly max: Float64Array
  readonly last: Float64Array
}

export interface CounterSlots {
  readonly kind: 'counter'
  readonly source: SourceId
  readonly labels: Labels
  /** Seconds under counted deltas. */
  readonly covered: Float64Array
  /** Increase over them. */
  readonly increase: Float64Array
  /** Last sample of the slot. */
  readonly last: Float64Array
}

export interface HistogramSlots {
  readonly kind: 'histogram'
  readonly source: SourceId
  readonly labels: Labels
  readonly bounds: readonly number[]
  readonly covered: Float64Array
  /** Increase of the sum. */
  readonly sum: Float64Array
  /** Observations in all buckets at the last sample. */
  readonly total: Float64Array
  /** Increase per bucket, not cumulative; bounds.length + 1 of them. */
  readonly buckets: readonly Float64Array[]
}

/** Every Float64Array has one entry per slot. `count`, `covered`: 0 where there is nothing; all other columns: NaN where there is nothing. */
export type SeriesSlots = GaugeSlots | CounterSlots | HistogramSlots

export interface MemberSlots {
  readonly member: MemberRef
  /** `[]` when nothing is known. */
  readonly series: readonly SeriesSlots[]
}

export interface SlotAnswer {
  readonly from: number
  readonly step: number
  readonly slots: number
  /** Order of the query. */
  readonly members: readonly MemberSlots[]
}

export interface TickQuery {
  readonly members: readonly MemberRef[]
  readonly sources: readonly SourceId[]
  readonly from: number
  readonly to: number
}

export interface ScalarTicks {
  readonly kind: 'gauge' | 'counter'
  readonly source: SourceId
  readonly labels: Labels
  /** NaN = no sample at that tick. */
  readonly values: Float64Array
}

export interface HistogramTicks {
  readonly kind: 'histogram'
  readonly source: SourceId
  readonly labels: Labels
  readonly bounds: readonly number[]
  /** bounds.length + 1 columns, not cumulative; NaN = no sample. */
  readonly buckets: readonly Float64Array[]
  readonly sum: Float64Array
}

export type SeriesTicks = ScalarTicks | HistogramTicks

/** Samples as stored. `times` ascend; `times[first]` is the first instant >= from, those before it are the seam (look-back, rule 1). */
export interface MemberTicks {
  readonly member: MemberRef
  /** Holds every tick from the oldest seam on. */
  readonly times: Float64Array
  readonly first: number
  /** What the delta rules of metrics.md 3.3 need: two self sources and the raft position. NaN = absent. */
  readonly intervalSeconds: Float64Array
  readonly clockError: Float64Array
  readonly raftPosition: Float64Array
  readonly series: readonly SeriesTicks[]
}

export interface StoredMember {
  readonly member: MemberRef
  readonly info?: MemberInfo
  /** Unix ms. `newestAt`: newest tick; `newestOkAt`: newest tick with `collector_up` 1, 0 = never. */
  readonly firstAt: number
  readonly newestAt: number
  readonly newestOkAt: number
  /** Values that are stored, when asked for; absent where the store does not count them. */
  readonly samples?: number
}

/** How far a predecessor of a sample is searched back, whatever the window and the interval (storage.md 2.1, rule 1). */
export const LOOK_BACK = 10_800_000

/** Bounds of one call (storage.md 2.1, rule 3); beyond: `too_many_points`. */
export const READ_LIMITS = {
  members: 64,
  sources: 200,
  slots: 10_000,
  doubles: 8_000_000,
  samples: 8_000_000,
}

/** `clusterId`: what others wrote to a store that is shared stays out. A store of one collector gives all that it ever had. */
export interface StoreScope {
  readonly clusterId?: string | undefined
}

/**
 * The half the API is given. Every method is safe to call concurrently; none changes the store. Rules: storage.md 2.1.
 * An unknown member, a source without samples, a window without data: empty or missing series, never an error.
 */
export interface MetricsReader extends AsyncDisposable {
  /** How far single deltas are read: ticks of a span; names × members × parts of a request. A constant of the adapter. */
  readonly limits: { readonly ticks: number; readonly parts: number }
  /** Collectors of several clusters may write to the store. A constant of the adapter. */
  readonly isShared?: boolean
  /** Primitives per slot, exact for every step (metrics.md 3.1 to 3.5). @throws AppError `storage_unavailable`, `too_many_points` */
  slots(query: SlotQuery, options?: { readonly signal?: AbortSignal }): Promise<SlotAnswer>
  /** Samples of the window and its seam. @throws as above */
  ticks(query: TickQuery, options?: { readonly signal?: AbortSignal }): Promise<readonly MemberTicks[]>
  /**
   * Samples of the last `span` ms before and at each series' own newest sample, plus its seam: for current values. Series that the delta
   * rules read together (siblings of a source; the bounds that one label set had) end together, at the newest sample of any of them. span
   * at most 900,000.
   */
  tail(query: {
    readonly members: readonly MemberRef[]
    readonly sources: readonly SourceId[]
    readonly span: number
  }): Promise<readonly MemberTicks[]>
  /** Members with history or a description, newest first. `counted`: with their `samples`, for which the newest hours are read through. */
  members(options?: StoreScope & { readonly counted?: boolean }): Promise<readonly StoredMember[]>
  /** Instants (Unix ms) from which on ticks, and coarser parts, answer exactly; `undefined` while nothing is stored. */
  horizon(scope?: StoreScope): Promise<{ readonly ticks: number; readonly rollups: number } | undefined>
  /** Newest stored tick per member as one text that changes when and only when an answer may change: for ETags. */
  watermark(members: readonly MemberRef[]): Promise<string>
  health(): StoreHealth
}
