import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HistogramTicks, MemberTicks, ScalarTicks, SeriesTicks } from '../../ports/metrics-store.ts'
import { evaluateSlots } from '../evaluate/evaluate-slots.ts'
import { metricNamed } from '../vectors.contract.ts'
import { foldTicks, placeInSlots } from './fold-ticks.ts'
import type { Window } from './plan-window.ts'
import { tickParts } from './tick-parts.ts'

const STEP = 30_000
const BOUNDS = [1, 2, 4]
const SENT = metricNamed('etcd_network_peer_sent_failures_total_increase')
const RATE = metricNamed('etcd_network_peer_sent_failures_total_rate')
const RESTARTS = metricNamed('process_restarts')
const FSYNCS = metricNamed('etcd_disk_wal_fsync_duration_seconds_count_rate')

/** What happens until a tick: a scrape fails, the process restarts and has counted so much since, or counts on. */
type Event = 'failed' | { readonly restarted: boolean; readonly values: readonly number[] }
const events = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: fc.constant('failed' as const) },
    {
      weight: 5,
      arbitrary: fc.record({
        restarted: fc.oneof(
          { weight: 4, arbitrary: fc.constant(false) },
          { weight: 1, arbitrary: fc.constant(true) },
        ),
        values: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 6, maxLength: 6 }),
      }),
    },
  ),
  { minLength: 2, maxLength: 30 },
)

/** Two peers, one histogram, start and CPU seconds of one process, a tick every 30 s; `first`: of the window. */
function ticksOf(story: readonly Event[], first = 0): MemberTicks {
  const columns = Array.from({ length: 6 }, () => new Float64Array(story.length).fill(Number.NaN))
  const starts = new Float64Array(story.length).fill(Number.NaN)
  const cpu = new Float64Array(story.length).fill(Number.NaN)
  let totals = [0, 0, 0, 0, 0, 0]
  let start = -100
  for (const [i, event] of story.entries()) {
    if (event === 'failed') continue
    if (event.restarted) start = (i * STEP) / 1_000 - 1
    totals = totals.map((total, k) => (event.restarted ? 0 : total) + (event.values[k] ?? 0))
    for (const [k, column] of columns.entries()) column[i] = totals[k] ?? 0
    starts[i] = start
    cpu[i] = event.restarted ? 0 : i
  }
  const [one, two, ...buckets] = columns
  const scalar = (
    kind: ScalarTicks['kind'],
    source: ScalarTicks['source'],
    values: Float64Array,
    peer?: string,
  ) => ({ kind, source, labels: peer ? { peer } : {}, values }) satisfies ScalarTicks
  const fsync: HistogramTicks = {
    kind: 'histogram',
    source: 'wal_fsync',
    labels: {},
    bounds: BOUNDS,
    buckets,
    sum: buckets[0]?.map((value) => value * 0) ?? new Float64Array(0),
  }
  const series: SeriesTicks[] = [
    scalar('counter', 'peer_sent_failures', one ?? new Float64Array(0), '5'),
    scalar('counter', 'peer_sent_failures', two ?? new Float64Array(0), '6'),
    fsync,
    scalar('gauge', 'start_time', starts),
    scalar('counter', 'cpu_seconds', cpu),
  ]
  const absent = new Float64Array(story.length).fill(Number.NaN)
  return {
    member: { clusterId: '1', memberId: '2' },
    times: Float64Array.from(story, (_, i) => i * STEP),
    first,
    intervalSeconds: absent,
    clockError: absent,
    raftPosition: absent,
    series,
  }
}

/** Of the ticks `[first, end)` as `slots` slots. */
function evaluate(
  metric: typeof SENT,
  story: readonly Event[],
  [first, end]: readonly [number, number],
  slots = 1,
): number[] {
  const ticks = ticksOf(story.slice(0, end), first)
  const window: Window = {
    from: first * STEP,
    to: end * STEP,
    step: ((end - first) / slots) * STEP,
    slots,
    span: (end - first) * STEP,
  }
  const series = foldTicks(ticks, placeInSlots(ticks, window.from, window.step, slots))
  return [...evaluateSlots(metric, { series, parts: tickParts(ticks, true) }, window)]
}
const orZero = ([value = Number.NaN]: readonly number[]) => (Number.isNaN(value) ? 0 : value)

/** Bucket by bucket, delta by delta: no folds, no slots. */
function bruteQuantile(q: number, story: readonly Event[], [first, end]: readonly [number, number]): number {
  const counts = [0, 0, 0, 0]
  let before: readonly number[] | undefined
  const samples = ticksOf(story).series.find((one): one is HistogramTicks => one.kind === 'histogram')
  for (let i = 0; i < end; i++) {
    if (story[i] === 'failed') continue
    const now = samples?.buckets.map((column) => column[i] ?? 0) ?? []
    if (before && i >= first) {
      const base = now.some((count, k) => count < (before?.[k] ?? 0)) ? [] : before
      for (const [k, count] of now.entries()) counts[k] = (counts[k] ?? 0) + count - (base[k] ?? 0)
    }
    before = now
  }
  const total = counts.reduce((a, b) => a + b)
  if (total === 0) return Number.NaN
  let below = 0
  for (const [k, bound] of BOUNDS.entries()) {
    const count = counts[k] ?? 0
    const lower = BOUNDS[k - 1] ?? 0
    if (below + count >= q * total) return lower + ((bound - lower) * (q * total - below)) / count
    below += count
  }
  return 4
}

describe('a window, whatever failed and restarted in it', () => {
  const cuts = fc.tuple(fc.nat(), fc.nat(), fc.nat())
  /** a ≤ b ≤ c within the story. */
  const cutOf = (story: readonly Event[], [x, y, z]: readonly [number, number, number]) =>
    [x, y, z].map((n) => n % (story.length + 1)).sort((a, b) => a - b) as [number, number, number]

  it.each([SENT, RESTARTS])('$name adds up where it is cut, across every seam and reset', (metric) => {
    fc.assert(
      fc.property(events, cuts, (story, xyz) => {
        const [a, b, c] = cutOf(story, xyz)
        fc.pre(a < b && b < c)
        const whole = orZero(evaluate(metric, story, [a, c]))
        expect(orZero(evaluate(metric, story, [a, b])) + orZero(evaluate(metric, story, [b, c]))).toBe(whole)
      }),
    )
  })

  it('its slots add up to it', () => {
    fc.assert(
      fc.property(events, (story) => {
        const each = evaluate(SENT, story, [0, story.length], story.length)
        const sum = each.filter((value) => !Number.isNaN(value)).reduce((a, b) => a + b, 0)
        expect(sum).toBe(orZero(evaluate(SENT, story, [0, story.length])))
      }),
    )
  })

  it.each([
    ['p50', 0.5],
    ['p90', 0.9],
    ['p99', 0.99],
  ] as const)('its %s equals that of all increases counted by hand', (name, q) => {
    const metric = metricNamed(`etcd_disk_wal_fsync_duration_seconds_${name}`)
    fc.assert(
      fc.property(events, cuts, (story, xyz) => {
        const [a, , c] = cutOf(story, xyz)
        fc.pre(a < c)
        const [value = Number.NaN] = evaluate(metric, story, [a, c])
        const wanted = bruteQuantile(q, story, [a, c])
        if (Number.isNaN(wanted)) expect(value).toBeNaN()
        else expect(value).toBeCloseTo(wanted, 9)
      }),
    )
  })

  it.each([RATE, FSYNCS])('$name is never negative', (metric) => {
    fc.assert(
      fc.property(events, (story) => {
        for (const value of evaluate(metric, story, [0, story.length], story.length))
          expect(value < 0).toBe(false)
      }),
    )
  })
})
