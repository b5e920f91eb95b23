import type { CounterSlots, GaugeSlots, HistogramSlots } from '../ports/metrics-store.ts'
import { findMetric, type Metric } from './catalogue.ts'
import data from './fixtures/metrics-data.json' with { type: 'json' }
import type { Labels } from './sample.ts'
import type { SourceId } from './sources.ts'

/** A vector of metrics.md 3.14. */
export interface Vector<I, E> {
  readonly id: string
  readonly fn: string
  readonly input: I
  readonly expect: E
}
/** `null`: a failed scrape. */
export type Pair = readonly [seconds: number, value: number | null]

// Each function of the vectors has a form of its own; a wrong one fails the test that reads it.
const vectors = data.vectors as unknown as readonly Vector<never, never>[]

export function vector<I, E>(id: string): Vector<I, E> {
  const found = vectors.find((one) => one.id === id)
  if (!found) throw new Error(`no vector ${id}`)
  return found
}

export function metricNamed(name: string): Metric {
  const found = findMetric(name)
  if (!found) throw new Error(`no metric ${name}`)
  return found
}

/** One sample a slot; null = none. */
export function gaugeSlots(
  source: SourceId,
  values: readonly (number | null)[],
  labels: Labels = {},
): GaugeSlots {
  const column = columnOf(values)
  const count = Float64Array.from(values, (value) => (value === null ? 0 : 1))
  return { kind: 'gauge', source, labels, count, sum: column, min: column, max: column, last: column }
}

/** One sample a slot and its delta over 30 s; null = none. `last` is what a sum of the increases gives. */
export function counterSlots(
  source: SourceId,
  increases: readonly (number | null)[],
  labels: Labels = {},
): CounterSlots {
  const last = increases.map((one, i) =>
    one === null ? null : increases.slice(0, i + 1).reduce<number>((sum, value) => sum + (value ?? 0), 0),
  )
  return {
    kind: 'counter',
    source,
    labels,
    covered: Float64Array.from(increases, (one) => (one === null ? 0 : 30)),
    increase: columnOf(increases),
    last: columnOf(last),
  }
}

/** Deltas of one slot over 30 s; `total` is given. */
export function histogramSlots(
  source: SourceId,
  {
    bounds,
    buckets,
    sum,
    total,
  }: { bounds: readonly number[]; buckets: readonly number[]; sum: number; total: number },
  labels: Labels = {},
): HistogramSlots {
  return {
    kind: 'histogram',
    source,
    labels,
    bounds,
    covered: Float64Array.of(30),
    sum: Float64Array.of(sum),
    total: Float64Array.of(total),
    buckets: buckets.map((count) => Float64Array.of(count)),
  }
}

const columnOf = (values: readonly (number | null)[]): Float64Array =>
  Float64Array.from(values, (value) => value ?? Number.NaN)
/** As answers write it. */
export const orNull = (values: Iterable<number>): (number | null)[] =>
  Array.from(values, (value) => (Number.isNaN(value) ? null : value))
