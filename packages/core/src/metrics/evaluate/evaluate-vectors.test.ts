import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HistogramTicks, MemberTicks, ScalarTicks, SeriesTicks } from '../../ports/metrics-store.ts'
import { findMetric, type Metric } from '../catalogue.ts'
import data from '../fixtures/metrics-data.json' with { type: 'json' }
import { foldTicks, placeInSlots } from '../slots/fold-ticks.ts'
import { planWindow } from '../slots/plan-window.ts'
import { tickParts } from '../slots/tick-parts.ts'
import { type WindowStats, windowStats } from '../slots/window-stats.ts'
import { evaluateMetric } from './evaluate-metric.ts'

type Pair = readonly [t: number, v: number | null]
interface Input {
  readonly samples: readonly Pair[]
  readonly restart?: string
  readonly siblings?: readonly number[]
  readonly clock_error?: Readonly<Record<string, number>>
  readonly from: number
  readonly to: number
  readonly step: number
}
// Each function of the vectors has a form of its own; a wrong one fails the test that reads it.
const vectors = data.vectors as unknown as readonly { id: string; fn: string; input: never; expect: never }[]
const vectorsOf = <I, E>(fn: string) =>
  vectors.filter((one) => one.fn === fn) as unknown as readonly { id: string; input: I; expect: E }[]
function vector<I, E>(id: string): { readonly input: I; readonly expect: E } {
  const found = vectors.find((one) => one.id === id)
  if (!found) throw new Error(`no vector ${id}`)
  return found
}

const metric = (name: string): Metric => {
  const found = findMetric(name)
  if (!found) throw new Error(`no metric ${name}`)
  return found
}
const PUTS = metric('etcd_mvcc_put_total_rate')
const P99 = metric('etcd_disk_wal_fsync_duration_seconds_p99')

const nan = Number.NaN
const orNull = (values: Iterable<number>) => Array.from(values, (one) => (Number.isNaN(one) ? null : one))
const close = (values: Iterable<number>, wanted: readonly (number | null)[]) => {
  const got = orNull(values)
  expect(got.map((one) => one === null)).toEqual(wanted.map((one) => one === null))
  for (const [i, one] of wanted.entries()) if (one !== null) expect(got[i]).toBeCloseTo(one, 9)
}

/** Ticks at these seconds; the seam is what lies before `from`. */
const ticksAt = (seconds: readonly number[], series: readonly SeriesTicks[], from = 0): MemberTicks => ({
  member: { clusterId: '1', memberId: '2' },
  times: Float64Array.from(seconds, (t) => t * 1_000),
  first: seconds.filter((t) => t < from).length,
  intervalSeconds: new Float64Array(seconds.length).fill(30),
  clockError: new Float64Array(seconds.length).fill(nan),
  raftPosition: new Float64Array(seconds.length).fill(nan),
  series,
})
const counter = (source: ScalarTicks['source'], values: readonly (number | null)[]): ScalarTicks => ({
  kind: 'counter',
  source,
  labels: {},
  values: Float64Array.from(values, (one) => one ?? nan),
})
const histogram = (bounds: readonly number[], samples: readonly (readonly number[])[]): HistogramTicks => ({
  kind: 'histogram',
  source: 'wal_fsync',
  labels: {},
  bounds,
  buckets: Array.from({ length: bounds.length + 1 }, (_, k) =>
    Float64Array.from(samples, (one) => one[k] ?? nan),
  ),
  sum: Float64Array.from(samples, () => 1),
})

const slotsOf = (ticks: MemberTicks, { from, to, step }: Pick<Input, 'from' | 'to' | 'step'>) =>
  foldTicks(ticks, placeInSlots(ticks, from * 1_000, step * 1_000, (to - from) / step))

/** Stats over single deltas of the window `[from, to)`, one slot of `step`. Seconds. */
function statsOf(
  of: Metric,
  ticks: MemberTicks,
  [from, to, step]: readonly [number, number, number],
): WindowStats {
  const asked = { from: from * 1_000, to: to * 1_000, step: step * 1_000 }
  const window = planWindow({ ...asked, interval: 1_000, names: 1, members: 1 })
  return windowStats(of, { series: slotsOf(ticks, { from, to, step }), parts: tickParts(ticks) }, window)
}

describe('vectors of metrics.md 3.14', () => {
  const plain = vectorsOf<Input, readonly { rate: number | null }[]>('rate').filter(
    ({ input, expect: wanted }) =>
      Array.isArray(wanted) && !(input.restart ?? input.siblings ?? input.clock_error),
  )
  it.each(plain)('$id', ({ input, expect: wanted }) => {
    const series = [
      counter(
        'put',
        input.samples.map(([, v]) => v),
      ),
    ]
    const ticks = ticksAt(
      input.samples.map(([t]) => t),
      series,
      input.from,
    )
    const slots = slotsOf(ticks, input)
    close(
      evaluateMetric(PUTS, slots, wanted.length),
      wanted.map(({ rate }) => rate),
    )
  })

  it('percent-cpu', () => {
    const { input, expect: wanted } = vector<Input, readonly (number | null)[]>('percent-cpu')
    const ticks = ticksAt(
      input.samples.map(([t]) => t),
      [
        counter(
          'cpu_seconds',
          input.samples.map(([, v]) => v),
        ),
      ],
    )
    close(evaluateMetric(metric('process_cpu_usage_percent'), slotsOf(ticks, input), wanted.length), wanted)
  })

  it('rate-max: exact over the slot, extremes over its single deltas', () => {
    type Wanted = Readonly<Record<'avg' | 'min' | 'max' | 'last', readonly number[]>>
    const { input, expect: wanted } = vector<Input, Wanted>('rate-max')
    const series = [
      counter(
        'put',
        input.samples.map(([, v]) => v),
      ),
    ]
    for (const [i, from] of [0, 120].entries()) {
      const ticks = ticksAt(
        input.samples.map(([t]) => t),
        series,
        from,
      )
      const own = { ...ticks, times: ticks.times.filter((t) => t < (from + 120) * 1_000) }
      const stats = statsOf(PUTS, own, [from, from + 120, 120])
      for (const agg of ['avg', 'min', 'max', 'last'] as const)
        expect(stats[agg]).toBeCloseTo(wanted[agg][i] ?? nan, 9)
    }
  })

  it('no-extrapolation: a window has the increase of its deltas, whole events', () => {
    const { input, expect: wanted } = vector<Input, { increase: number; covered: number }>('no-extrapolation')
    const series = [
      counter(
        'put',
        input.samples.map(([, v]) => v),
      ),
    ]
    const ticks = ticksAt(
      input.samples.map(([t]) => t),
      series,
      input.from,
    )
    const [rate = nan] = evaluateMetric(PUTS, slotsOf(ticks, { ...input, step: input.to - input.from }), 1)
    expect(rate).toBeCloseTo(wanted.increase / wanted.covered, 9)
  })

  it('quantile: from the increase of each bucket', () => {
    interface Scrapes {
      readonly bounds: number[]
      readonly previous: number[]
      readonly current: number[]
    }
    type Wanted = Readonly<Record<'p50' | 'p90' | 'p99', number>>
    const { input, expect: wanted } = vector<Scrapes, Wanted>('quantile')
    const perBucket = (cumulative: number[]) => cumulative.map((count, k) => count - (cumulative[k - 1] ?? 0))
    const samples = [perBucket(input.previous), perBucket(input.current)]
    const slots = slotsOf(ticksAt([0, 30], [histogram(input.bounds, samples)]), {
      from: 30,
      to: 60,
      step: 30,
    })
    for (const q of ['p50', 'p90', 'p99'] as const)
      close(evaluateMetric(metric(`etcd_disk_wal_fsync_duration_seconds_${q}`), slots, 1), [wanted[q]])
  })

  it('quantile-max: the p99 of the window hides the stall that its max shows', () => {
    interface Deltas {
      readonly bounds: number[]
      readonly deltas: number[][]
    }
    const { input, expect: wanted } = vector<Deltas, { avg: number; max: number }>('quantile-max')
    const samples = [input.bounds.map(() => 0).concat(0)]
    for (const delta of input.deltas)
      samples.push(delta.map((count, k) => count + (samples.at(-1)?.[k] ?? 0)))
    const ticks = ticksAt([0, 30, 60], [histogram(input.bounds, samples)], 30)
    const stats = statsOf(P99, ticks, [30, 90, 60])
    expect(stats.avg).toBeCloseTo(wanted.avg, 12)
    expect(stats.max).toBeCloseTo(wanted.max, 12)
  })
})

describe('stats of a window', () => {
  it('have the beginning of the slot that holds the last value as its time', () => {
    const ticks = ticksAt([0, 30, 60, 90, 120], [counter('put', [0, 30, 60, 90, null])])
    expect(statsOf(PUTS, ticks, [0, 240, 60])).toEqual({ min: 1, max: 1, avg: 1, last: 1, lastTime: 60_000 })
    const gauge: SeriesTicks = {
      kind: 'gauge',
      source: 'proposals_pending',
      labels: {},
      values: Float64Array.of(1, 9, 2, nan, nan),
    }
    const stats = statsOf(
      metric('etcd_server_proposals_pending'),
      { ...ticks, series: [gauge] },
      [0, 240, 60],
    )
    expect(stats).toEqual({ min: 1, max: 9, avg: 4, last: 2, lastTime: 60_000 })
  })

  it('are null without data', () => {
    const nothing = { min: nan, max: nan, avg: nan, last: nan, lastTime: nan }
    expect(statsOf(PUTS, ticksAt([], []), [0, 60, 60])).toEqual(nothing)
    expect(statsOf(metric('etcd_server_proposals_pending'), ticksAt([], []), [0, 60, 60])).toEqual(nothing)
  })
})

describe('laws', () => {
  const samples = fc.array(fc.option(fc.integer({ min: 0, max: 50 })), { minLength: 2, maxLength: 40 })
  /** Samples of a counter that grows so much each tick; above 45 it restarts, null is a failed scrape. */
  const counts = (grown: readonly (number | null)[]) => {
    let total = 0
    return grown.map((one) => {
      if (one === null) return null
      total = one > 45 ? 0 : total + one
      return total
    })
  }

  it('adjacent windows add up: the increase of the whole is that of its parts, wherever it is cut', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 39 }), (grown, cut) => {
        const seconds = grown.map((_, i) => 30 * i)
        const series = [counter('put', counts(grown))]
        const end = 30 * grown.length
        const at = 30 * Math.min(cut, grown.length - 1)
        const increase = (from: number, to: number) => {
          const step = to - from
          const [slots] = slotsOf(ticksAt(seconds, series, from), { from, to, step })
          if (slots?.kind !== 'counter') throw new Error('no counter')
          return [slots.increase[0] || 0, slots.covered[0] ?? 0]
        }
        const [before = [], after = [], whole = []] = [increase(0, at), increase(at, end), increase(0, end)]
        expect(whole).toEqual([(before[0] ?? 0) + (after[0] ?? 0), (before[1] ?? 0) + (after[1] ?? 0)])
      }),
    )
  })

  it('a rate is never negative, and the one of a window lies between the extremes of its parts', () => {
    fc.assert(
      fc.property(samples, (grown) => {
        const ticks = ticksAt(
          grown.map((_, i) => 30 * i),
          [counter('put', counts(grown))],
        )
        const end = Math.ceil((30 * grown.length) / 60) * 60
        const { avg, min, max } = statsOf(PUTS, ticks, [0, end, 60])
        if (Number.isNaN(avg)) expect([min, max]).toEqual([nan, nan])
        else {
          expect(min).toBeGreaterThanOrEqual(0)
          expect(avg).toBeGreaterThanOrEqual(min - 1e-9)
          expect(avg).toBeLessThanOrEqual(max + 1e-9)
        }
      }),
    )
  })

  it('a quantile rises with q and lies within the bounds', () => {
    const buckets = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(buckets, (now) => {
        const ticks = ticksAt([0, 30], [histogram([1, 2, 4], [[0, 0, 0, 0], now])])
        const slots = slotsOf(ticks, { from: 0, to: 60, step: 60 })
        const at = (q: string) =>
          evaluateMetric(metric(`etcd_disk_wal_fsync_duration_seconds_${q}`), slots, 1)[0] ?? nan
        if (now.every((count) => count === 0)) expect([at('p50'), at('p99')]).toEqual([nan, nan])
        else {
          expect(at('p50')).toBeGreaterThanOrEqual(0)
          expect(at('p90')).toBeGreaterThanOrEqual(at('p50'))
          expect(at('p99')).toBeGreaterThanOrEqual(at('p90'))
          expect(at('p99')).toBeLessThanOrEqual(4)
        }
      }),
    )
  })
})
