import { type ExpectedSeries, expectedSlots } from '@etcdmonitor/core/contracts/metrics-oracle'
import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import { RECORDED_CLUSTER, RECORDED_INTERVAL, RECORDED_MEMBERS } from './range-recording.contract.ts'

export const AGGREGATES = ['avg', 'min', 'max', 'last'] as const
export type Aggregate = (typeof AGGREGATES)[number]

interface Window {
  readonly from: number
  readonly to: number
  readonly step: number
}
/** Primitives of one member in a row of slots, each folded by itself. */
interface Cells extends Window {
  readonly memberId: string
  column(source: SourceId, name: string, i: number, labels?: Readonly<Record<string, string>>): number[]
  histograms(source: SourceId, i: number, labels?: Readonly<Record<string, string>>): Histogram[]
}
interface Histogram {
  readonly bounds: readonly number[]
  readonly buckets: readonly number[]
  readonly sum: number
}
type Formula = (cells: Cells, i: number) => number

/** `samples`: each aggregate is that of the samples. `exact`: `avg` is the formula over the slot, the others over its parts. `parts`: all over parts. */
interface Case {
  readonly name: string
  readonly over: 'samples' | 'exact' | 'parts'
  readonly formula: Formula
  /** `avg` of the parts is their sum. */
  readonly isTotal?: true
  /** The only aggregate there is. */
  readonly only?: Aggregate
  readonly instead?: { readonly avg: Aggregate }
  readonly usual: Aggregate
  readonly observations?: Formula
}

const nan = Number.NaN
const known = (values: readonly number[]) => values.filter((value) => !Number.isNaN(value))
const add = (values: readonly number[]) =>
  known(values).length === 0 ? nan : known(values).reduce((a, b) => a + b)
const one = (values: readonly number[]) => values[0] ?? nan
const over = (a: number, b: number) => (b > 0 ? a / b : nan)

const rate =
  (source: SourceId, factor = 1, labels?: Readonly<Record<string, string>>): Formula =>
  (cells, i) => {
    const seconds = Math.max(...cells.column(source, 'covered', i, labels), 0)
    return seconds > 0 ? (factor * add(cells.column(source, 'increase', i, labels))) / seconds : nan
  }
const sample =
  (source: SourceId, labels?: Readonly<Record<string, string>>): Formula =>
  (cells, i) =>
    add(cells.column(source, 'last', i, labels))
const mean =
  (source: SourceId): Formula =>
  (cells, i) =>
    one(cells.column(source, 'sum', i)) / one(cells.column(source, 'count', i))
const count =
  (source: SourceId, labels?: Readonly<Record<string, string>>): Formula =>
  (cells, i) =>
    add(cells.histograms(source, i, labels).flatMap(({ buckets }) => buckets))
const quantileOf =
  (q: number, source: SourceId, labels?: Readonly<Record<string, string>>): Formula =>
  (cells, i) =>
    quantile(q, cells.histograms(source, i, labels))

/** By its definition: walk up the bounds that all have until enough is below. */
function quantile(q: number, histograms: readonly Histogram[]): number {
  const bounds = (histograms[0]?.bounds ?? []).filter((bound) =>
    histograms.every((other) => other.bounds.includes(bound)),
  )
  const upTo = (bound: number) =>
    histograms.reduce(
      (sum, { bounds: own, buckets }) =>
        sum + buckets.reduce((all, n, k) => ((own[k] ?? Infinity) <= bound ? all + n : all), 0),
      0,
    )
  const total = upTo(Infinity)
  if (total === 0 || bounds.length === 0) return nan
  const k = bounds.findIndex((bound) => upTo(bound) >= q * total)
  if (k < 0) return bounds.at(-1) ?? nan
  const lower = k === 0 ? 0 : (bounds[k - 1] ?? 0)
  const below = k === 0 ? 0 : upTo(lower)
  const upper = bounds[k] ?? nan
  return lower + ((upper - lower) * (q * total - below)) / (upTo(upper) - below)
}

const meanOf =
  (source: SourceId): Formula =>
  (cells, i) => {
    const all = cells.histograms(source, i)
    return over(
      all.reduce((sum, one) => sum + one.sum, 0),
      all.reduce((sum, { buckets }) => sum + buckets.reduce((a, b) => a + b, 0), 0),
    )
  }

/** What the range is asked for, with its value by definition (metrics.md 3.2 to 3.10). `batches` are all there is. */
export function rangeCases(batches: readonly TickBatch[]): readonly Case[] {
  const ticksOf = (memberId: string) =>
    batches.flatMap(({ at, members }) =>
      members
        .filter((member) => member.memberId === memberId)
        .map(({ scalars }) => ({
          at,
          value: (source: SourceId) => scalars.find((x) => x.source === source)?.value,
        })),
    )
  const newest = (memberId: string) => ticksOf(memberId).at(-1)?.at ?? 0
  const positions = new Map<string, Cells>()
  const position: Formula = (cells, i) =>
    one(cells.column('status_up', 'last', i)) === 1 ? one(cells.column('raft_index', 'last', i)) : nan
  const lag: Formula = (cells, i) => {
    const all = RECORDED_MEMBERS.map((memberId) => {
      const key = `${memberId} ${cells.from} ${cells.to} ${cells.step}`
      const own = positions.get(key) ?? cellsOf(batches, memberId, cells)
      positions.set(key, own)
      return position(own, i)
    })
    return known(all).length < 2 ? nan : Math.max(...known(all)) - position(cells, i)
  }
  const uptime: Formula = (cells, i) => {
    const begin = cells.from + i * cells.step
    const end =
      cells.step === RECORDED_INTERVAL ? begin : Math.min(begin + cells.step, newest(cells.memberId))
    return Math.max(0, end / 1_000 - one(cells.column('start_time', 'last', i)))
  }
  const restarts: Formula = (cells, i) => {
    const begin = cells.from + i * cells.step
    const all = ticksOf(cells.memberId).filter((tick) => tick.value('start_time') !== undefined)
    const now = all.filter(({ at }) => at >= begin && at < begin + cells.step).at(-1)
    const before = all.filter(({ at }) => at < begin).at(-1)
    if (!now || !before) return nan
    const start = now.value('start_time') ?? nan
    const earlierAt = (cells.step === RECORDED_INTERVAL ? before.at : begin) / 1_000
    const hasMoved = Math.abs(start - (before.value('start_time') ?? nan)) > 1
    const hasFallen = (now.value('cpu_seconds') ?? nan) < (before.value('cpu_seconds') ?? nan)
    return hasMoved && (hasFallen || start > earlierAt - 2) ? 1 : 0
  }
  return [
    {
      name: 'etcd_server_proposals_pending',
      over: 'samples',
      usual: 'avg',
      formula: sample('proposals_pending'),
    },
    { name: 'etcd_server_has_leader', over: 'samples', usual: 'min', formula: sample('has_leader') },
    { name: 'collector_up', over: 'samples', usual: 'min', formula: sample('collector_up') },
    {
      name: 'go_gc_duration_seconds_q1',
      over: 'samples',
      usual: 'max',
      instead: { avg: 'max' },
      formula: sample('gc_quantile', { quantile: '1' }),
    },
    { name: 'etcd_mvcc_put_total', over: 'exact', usual: 'last', only: 'last', formula: sample('put') },
    { name: 'etcd_mvcc_put_total_rate', over: 'exact', usual: 'avg', formula: rate('put') },
    { name: 'process_cpu_usage_percent', over: 'exact', usual: 'avg', formula: rate('cpu_seconds', 100) },
    {
      name: 'process_cpu_saturation_ratio',
      over: 'exact',
      usual: 'avg',
      formula: (cells, i) => over(rate('cpu_seconds')(cells, i), sample('gomaxprocs')(cells, i)),
    },
    {
      name: 'etcd_network_peer_sent_bytes_total_rate',
      over: 'exact',
      usual: 'avg',
      formula: rate('peer_sent_bytes'),
    },
    ...['5', '6'].map(
      (peer): Case => ({
        name: `etcd_network_peer_sent_bytes_total_rate_by_peer{peer="${peer}"}`,
        over: 'exact',
        usual: 'avg',
        formula: rate('peer_sent_bytes', 1, { peer }),
      }),
    ),
    {
      name: 'etcd_server_leader_changes_seen_total_increase',
      over: 'exact',
      usual: 'avg',
      formula: (cells, i) => one(cells.column('leader_changes', 'increase', i)),
    },
    {
      name: 'grpc_server_failed_ratio',
      over: 'exact',
      usual: 'avg',
      formula: (cells, i) =>
        over(
          add(cells.column('grpc_handled', 'increase', i, { class: 'failed' })),
          add(cells.column('grpc_handled', 'increase', i)),
        ),
    },
    {
      name: 'etcd_disk_wal_fsync_duration_seconds_p99',
      over: 'exact',
      usual: 'avg',
      formula: quantileOf(0.99, 'wal_fsync'),
      observations: count('wal_fsync'),
    },
    {
      name: 'etcd_network_peer_round_trip_time_seconds_p50_by_peer{peer="6"}',
      over: 'exact',
      usual: 'avg',
      formula: quantileOf(0.5, 'peer_rtt', { peer: '6' }),
      observations: count('peer_rtt', { peer: '6' }),
    },
    {
      name: 'etcd_network_peer_round_trip_time_seconds_mean',
      over: 'exact',
      usual: 'avg',
      formula: meanOf('peer_rtt'),
      observations: count('peer_rtt'),
    },
    {
      name: 'etcd_server_proposals_commit_apply_lag',
      over: 'parts',
      usual: 'avg',
      formula: (cells, i) =>
        Math.max(0, sample('proposals_committed')(cells, i) - sample('proposals_applied')(cells, i)),
    },
    {
      name: 'etcd_mvcc_db_quota_usage_ratio',
      over: 'parts',
      usual: 'avg',
      formula: (cells, i) => over(mean('db_total')(cells, i), mean('quota_bytes')(cells, i)),
    },
    {
      name: 'etcd_network_active_peers',
      over: 'parts',
      usual: 'min',
      formula: (cells, i) => {
        const counts = cells.column('active_peers', 'count', i)
        return add(cells.column('active_peers', 'sum', i).map((sum, k) => sum / (counts[k] ?? nan)))
      },
    },
    { name: 'raft_follower_lag', over: 'parts', usual: 'avg', formula: lag },
    { name: 'process_uptime_seconds', over: 'parts', usual: 'last', formula: uptime },
    { name: 'process_restarts', over: 'parts', usual: 'avg', isTotal: true, formula: restarts },
  ]
}

const SOURCES: readonly SourceId[] = [
  'proposals_pending',
  'has_leader',
  'collector_up',
  'gc_quantile',
  'put',
  'cpu_seconds',
  'gomaxprocs',
  'peer_sent_bytes',
  'leader_changes',
  'grpc_handled',
  'wal_fsync',
  'peer_rtt',
  'proposals_committed',
  'proposals_applied',
  'db_total',
  'quota_bytes',
  'active_peers',
  'raft_index',
  'status_up',
  'start_time',
]

function cellsOf(batches: readonly TickBatch[], memberId: string, { from, to, step }: Window): Cells {
  const member = { clusterId: RECORDED_CLUSTER, memberId }
  const expected = expectedSlots(batches, member, { sources: SOURCES, from, to, step })
  const all = [...expected].map(([key, series]) => {
    const [source, labels, bounds] = JSON.parse(key) as [SourceId, [string, string][], number[] | undefined]
    return { source, labels: new Map(labels), bounds: bounds ?? [], columns: series.columns }
  })
  const pick = (source: SourceId, labels: Readonly<Record<string, string>> = {}) =>
    all.filter((some) => {
      const wanted = Object.entries(labels)
      return some.source === source && wanted.every(([name, value]) => some.labels.get(name) === value)
    })
  const at = (columns: ExpectedSeries['columns'], name: string, i: number) => columns[name]?.[i] ?? nan
  return {
    from,
    to,
    step,
    memberId,
    column: (source, name, i, labels) => pick(source, labels).map(({ columns }) => at(columns, name, i)),
    histograms: (source, i, labels) =>
      pick(source, labels)
        .filter(({ columns }) => at(columns, 'covered', i) > 0)
        .map(({ columns, bounds }) => ({
          bounds,
          buckets: Array.from({ length: bounds.length + 1 }, (_, k) => at(columns, `bucket ${k}`, i)),
          sum: at(columns, 'sum', i),
        })),
  }
}

export interface RangeOracle {
  /** One value per slot. */
  values(of: Case, agg: Aggregate): readonly number[]
  /** Of the window as one slot. */
  whole(of: Case, agg: Aggregate): number
  observations(of: Case): readonly number[]
}

/** `part`: length of a part, ms; the interval for single ticks. */
export function openRangeOracle(
  batches: readonly TickBatch[],
  memberId: string,
  { window, part }: { readonly window: Window; readonly part: number },
): RangeOracle {
  const { from, to, step } = window
  const slots = cellsOf(batches, memberId, window)
  const whole = cellsOf(batches, memberId, { from, to, step: to - from })
  const parts = cellsOf(batches, memberId, { from, to, step: part })
  const ticks = cellsOf(batches, memberId, { from, to, step: RECORDED_INTERVAL })

  const aggregate = (of: Case, asked: Aggregate, cells: Cells, i: number): number => {
    const agg = of.only ?? (asked === 'avg' ? of.instead?.avg : undefined) ?? asked
    if (of.only || (of.over === 'exact' && agg === 'avg')) return of.formula(cells, i)
    const pieces = of.over === 'samples' ? ticks : parts
    const first = (cells.from + i * cells.step - from) / pieces.step
    const values = known(
      Array.from({ length: cells.step / pieces.step }, (_, k) => of.formula(pieces, first + k)),
    )
    if (values.length === 0) return nan
    if (agg === 'min') return Math.min(...values)
    if (agg === 'max') return Math.max(...values)
    if (agg === 'last') return values.at(-1) ?? nan
    return add(values) / (of.isTotal ? 1 : values.length)
  }
  const count = (to - from) / step
  return {
    values: (of, agg) => Array.from({ length: count }, (_, i) => aggregate(of, agg, slots, i)),
    whole: (of, agg) => aggregate(of, agg, whole, 0),
    observations: (of) => Array.from({ length: count }, (_, i) => of.observations?.(slots, i) ?? nan),
  }
}
