import { describe, expect, it } from 'vitest'
import data from '../fixtures/metrics-data.json' with { type: 'json' }
import { type Histogram, mergeHistograms, quantiles, toBuckets } from './histogram.ts'

interface Vector {
  readonly id: string
  readonly fn: string
  // Each function of the vectors has its own form of these two; a wrong one fails the test that reads it.
  readonly input: never
  readonly expect: never
}
const vectors = data.vectors as unknown as readonly Vector[]
const of = <I, E>(fn: string) =>
  vectors.filter((one) => one.fn === fn) as unknown as readonly { id: string; input: I; expect: E }[]
const close = (value: number | undefined, wanted: number | null) =>
  wanted === null ? expect(value).toBeNaN() : expect(value).toBeCloseTo(wanted, 12)
const quantile = (q: number, bounds: readonly number[], buckets: ArrayLike<number>) =>
  quantiles(
    q,
    bounds,
    Array.from(buckets, (count) => Float64Array.of(count)),
  )[0]

describe('vectors of metrics.md 3.14', () => {
  it.each(of<{ cumulative: number[] }, { buckets: number[] }>('toBuckets'))(
    '$id',
    ({ input, expect: wanted }) => {
      expect(toBuckets(input.cumulative)).toEqual(wanted.buckets)
    },
  )

  it.each(
    of<{ q: number; bounds: number[]; buckets?: number[] }, number | null>('quantile').filter(
      (v) => v.input.buckets,
    ),
  )('$id', ({ input, expect: wanted }) => {
    close(quantile(input.q, input.bounds, input.buckets ?? []), wanted)
  })

  it.each(
    of<
      { histograms: Histogram[] },
      { bounds: number[]; buckets: number[]; sum: number; p50: number; p99: number }
    >('merge'),
  )('$id', ({ input, expect: wanted }) => {
    const merged = mergeHistograms(input.histograms)
    expect(merged.bounds).toEqual(wanted.bounds)
    expect(merged.buckets).toEqual(wanted.buckets)
    expect(merged.sum).toBeCloseTo(wanted.sum, 12)
    if ('p50' in wanted) close(quantile(0.5, merged.bounds, merged.buckets), wanted.p50)
    if ('p99' in wanted) close(quantile(0.99, merged.bounds, merged.buckets), wanted.p99)
  })
})

it('finds the quantile of each slot by itself', () => {
  const columns = [
    [1, 0, 0, 0],
    [1, 0, 4, 0],
    [0, 0, 0, 5],
  ].map((column) => Float64Array.from(column))
  expect([...quantiles(0.5, [1, 2], columns)]).toEqual([1, Number.NaN, 1.5, 2])
})

it('answers the largest finite bound when the rank lies in the +Inf bucket', () => {
  expect(quantile(0.9, [1, 2], [0, 0, 5])).toBe(2)
})
