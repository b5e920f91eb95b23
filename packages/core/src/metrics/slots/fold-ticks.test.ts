import { describe, expect, it } from 'vitest'
import type {
  CounterSlots,
  GaugeSlots,
  HistogramSlots,
  MemberTicks,
  SeriesTicks,
} from '../../ports/metrics-store.ts'
import { quantiles } from '../evaluate/histogram.ts'
import data from '../fixtures/metrics-data.json' with { type: 'json' }
import { foldTicks, placeInSlots } from './fold-ticks.ts'
import { tickParts } from './tick-parts.ts'

type Pair = readonly [t: number, v: number | null]
interface Input {
  readonly samples: readonly Pair[]
  readonly siblings?: readonly number[]
  readonly clock_error?: Readonly<Record<string, number>>
  readonly raft_index?: readonly Pair[]
  readonly restart?: 'continues' | 'recounts'
  readonly from: number
  readonly to: number
  readonly step: number
  readonly agg?: readonly string[]
}
interface Slot {
  readonly t: number
  readonly increase: number | null
  readonly covered: number
  readonly rate: number | null
}
// Each function of the vectors has a form of its own; a wrong one fails the test that reads it.
const vectors = data.vectors as unknown as readonly { id: string; fn: string; input: never; expect: never }[]
const of = <I, E>(fn: string) =>
  vectors.filter((one) => one.fn === fn) as unknown as readonly { id: string; input: I; expect: E }[]

const member = { clusterId: '1', memberId: '2' }
const column = (times: readonly number[], pairs: readonly Pair[]) => {
  const known = new Map(pairs)
  return Float64Array.from(times, (t) => known.get(t) ?? Number.NaN)
}

function ticksOf(input: Input): MemberTicks {
  const times = [
    ...new Set([
      ...input.samples.map(([t]) => t),
      ...(input.siblings ?? []),
      ...Object.keys(input.clock_error ?? {}).map(Number),
    ]),
  ].sort((a, b) => a - b)
  const source = input.siblings
    ? 'grpc_handled'
    : input.restart === 'continues'
      ? 'current_revision'
      : input.restart === 'recounts'
        ? 'leader_changes'
        : 'put'
  const series: SeriesTicks[] = [
    { kind: 'counter', source, labels: {}, values: column(times, input.samples) },
  ]
  if (input.siblings) {
    const values = column(
      times,
      input.siblings.map((t) => [t, 5] as const),
    )
    series.push({ kind: 'counter', source, labels: { class: 'ok' }, values })
  }
  return {
    member,
    times: Float64Array.from(times, (t) => t * 1_000),
    first: times.filter((t) => t < input.from).length,
    intervalSeconds: new Float64Array(times.length).fill(30),
    clockError: column(
      times,
      Object.entries(input.clock_error ?? {}).map(([t, v]) => [Number(t), v] as const),
    ),
    raftPosition: column(times, input.raft_index ?? []),
    series,
  }
}

const fold = (ticks: MemberTicks, { from, to, step }: Pick<Input, 'from' | 'to' | 'step'>) =>
  foldTicks(ticks, placeInSlots(ticks, from * 1_000, step * 1_000, (to - from) / step))
const orNull = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? null : value)

describe('vectors of metrics.md 3.14', () => {
  const rates = of<Input, readonly Slot[]>('rate').filter(({ input }) => !input.agg)
  it.each(rates.filter(({ expect: wanted }) => Array.isArray(wanted)))('$id', ({ input, expect: wanted }) => {
    const [slots] = fold(ticksOf(input), input) as readonly CounterSlots[]
    const got = wanted.map((_, i) => ({
      increase: orNull(slots?.increase[i]),
      covered: slots?.covered[i],
    }))
    wanted.forEach((one, i) => {
      expect(got[i]?.covered).toBeCloseTo(one.covered, 9)
      if (one.increase === null) expect(got[i]?.increase).toBeNull()
      else expect(got[i]?.increase).toBeCloseTo(one.increase, 9)
    })
  })

  it('rate-max: the parts of a slot are its single deltas', () => {
    const [{ input, expect: wanted } = never()] = of<Input, { deltas: number[] }>('rate').filter(
      ({ id }) => id === 'rate-max',
    )
    const [slots] = tickParts(ticksOf(input)).series as readonly CounterSlots[]
    const rates = Array.from(slots?.increase ?? [], (sum, i) => sum / (slots?.covered[i] ?? 0))
    expect(rates.filter((rate) => !Number.isNaN(rate))).toEqual(wanted.deltas)
  })

  it.each(of<Input, readonly Record<string, number | null>[]>('gauge'))(
    '$id',
    ({ input, expect: wanted }) => {
      const ticks = ticksOf(input)
      const gauge = ticks.series.map(
        (one) => ({ ...one, kind: 'gauge', source: 'proposals_pending' }) as SeriesTicks,
      )
      const [slots] = fold({ ...ticks, series: gauge }, input) as readonly GaugeSlots[]
      wanted.forEach((one, i) => {
        const count = slots?.count[i] ?? 0
        const got = {
          avg: (slots?.sum[i] ?? 0) / count,
          min: slots?.min[i],
          max: slots?.max[i],
          last: slots?.last[i],
        }
        expect(count).toBe(one.count)
        for (const [name, value] of Object.entries(got)) expect(orNull(value)).toBe(one[name])
      })
    },
  )

  it.each(
    of<
      Record<'previous' | 'current', { bounds: number[]; buckets: number[]; sum: number }>,
      { buckets: number[]; sum: number }
    >('histogramDelta'),
  )('$id', ({ input: { previous, current }, expect: wanted }) => {
    const [slots] = histogramSlots([previous, current])
    expect(slots?.buckets.map((one) => one[1])).toEqual(wanted.buckets)
    expect(slots?.sum[1]).toBeCloseTo(wanted.sum, 12)
  })

  it('quantile-max: the p99 of a slot hides the stall that its parts show', () => {
    const [{ input, expect: wanted } = never()] = of<
      { q: number; bounds: number[]; deltas: number[][] },
      { avg: number; max: number }
    >('quantile').filter(({ id }) => id === 'quantile-max')
    const zero = input.bounds.map(() => 0).concat(0)
    const totals = [zero]
    for (const delta of input.deltas) totals.push(delta.map((n, k) => n + (totals.at(-1)?.[k] ?? 0)))
    const samples = totals.map((buckets) => ({ bounds: input.bounds, buckets, sum: 0 }))
    const at = (slots: HistogramSlots | undefined, i: number) =>
      quantiles(input.q, input.bounds, slots?.buckets ?? [])[i]
    expect(at(histogramSlots(samples, 3)[0], 0)).toBeCloseTo(wanted.avg, 12)
    expect(Math.max(at(histogramSlots(samples)[0], 1) ?? 0, at(histogramSlots(samples)[0], 2) ?? 0)).toBe(
      wanted.max,
    )
  })
})

it('counts the first sample under new bounds as a reset, in the new series', () => {
  const [old, now] = histogramSlots([
    { bounds: [1, 2], buckets: [4, 1, 0], sum: 5 },
    { bounds: [1, 4], buckets: [2, 1, 0], sum: 4 },
  ])
  expect(old?.covered[1]).toBe(0)
  expect(now?.buckets.map((one) => one[1])).toEqual([2, 1, 0])
  expect(now?.covered[1]).toBe(30)
})

function histogramSlots(
  samples: readonly { bounds: number[]; buckets: number[]; sum: number }[],
  perSlot = 1,
): readonly HistogramSlots[] {
  const layouts = [...new Set(samples.map(({ bounds }) => bounds.join()))]
  const nan = Number.NaN
  const series = layouts.map((layout): SeriesTicks => {
    const own = samples.map((one) => (one.bounds.join() === layout ? one : undefined))
    const bounds = own.find(Boolean)?.bounds ?? []
    return {
      kind: 'histogram',
      source: 'wal_fsync',
      labels: {},
      bounds,
      buckets: Array.from({ length: bounds.length + 1 }, (_, k) =>
        Float64Array.from(own, (one) => one?.buckets[k] ?? nan),
      ),
      sum: Float64Array.from(own, (one) => one?.sum ?? nan),
    }
  })
  const input = {
    samples: samples.map((_, i): Pair => [30 * i, null]),
    from: 0,
    to: 30 * samples.length,
    step: 30 * perSlot,
  }
  return fold({ ...ticksOf(input), series }, input) as readonly HistogramSlots[]
}

function never(): never {
  throw new Error('no such vector')
}
