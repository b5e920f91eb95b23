import type { CounterSlots, HistogramSlots, SeriesSlots } from '../../ports/metrics-store.ts'
import { sumOf } from '../evaluate/histogram.ts'

/** A counter, or the observations of a histogram, over label sets; columns as in `CounterSlots`. */
export type Counted = Pick<CounterSlots, 'covered' | 'increase' | 'last'>

/**
 * Increases and last values add up over label sets; the covered seconds of a sum are the largest of its label sets. Series of one label set
 * that differ in bounds follow each other: their seconds add up, and the last value is that of the later one (metrics.md 3.3, 3.5).
 */
export function addLabelSets(series: readonly SeriesSlots[], slots: number): Counted {
  const counted = series.filter((one) => one.kind !== 'gauge')
  const [only] = counted
  if (only && counted.length === 1 && isEveryKnown(only.covered)) return toCounted(only)
  const sets = Map.groupBy(counted, ({ labels }) => JSON.stringify(Object.entries(labels).sort()))
  const sum = nothing(slots)
  for (const set of sets.values()) {
    const one = set.map(toCounted).reduce(follow)
    for (let i = 0; i < slots; i++) sum.covered[i] = Math.max(sum.covered[i] ?? 0, one.covered[i] ?? 0)
    for (let i = 0; i < slots; i++) add(sum.increase, one.increase, i)
    for (let i = 0; i < slots; i++) add(sum.last, one.last, i)
  }
  return sum
}

/** A loop, as all here that goes over each slot: `every` and `map` take five times as long. */
function isEveryKnown(covered: Float64Array): boolean {
  for (let i = 0; i < covered.length; i++) if (!((covered[i] ?? 0) >= 0)) return false
  return true
}

/** The same seconds with no event in them: what a series that a store leaves out is beside its siblings (storage.md 2.1, rule 2). */
export const withoutEvents = ({ covered, increase, last }: Counted): Counted => ({
  covered,
  increase: zeroOrNaN(increase),
  last: zeroOrNaN(last),
})

function zeroOrNaN(column: Float64Array): Float64Array {
  const zeros = new Float64Array(column.length)
  for (let i = 0; i < zeros.length; i++) zeros[i] = (column[i] ?? Number.NaN) * 0
  return zeros
}

const toCounted = (one: Exclude<SeriesSlots, { kind: 'gauge' }>): Counted =>
  one.kind === 'counter' ? one : { covered: one.covered, increase: observedIn(one), last: one.total }

/** Observations of each slot; NaN where no delta was counted. Counted once: quantiles, means and rates of one histogram stand on a page together. */
export function observedIn(histogram: HistogramSlots): Float64Array {
  const known = observed.get(histogram)
  if (known) return known
  const { covered, buckets } = histogram
  const counts = sumOf(buckets)
  for (let i = 0; i < counts.length; i++) if (!((covered[i] ?? 0) > 0)) counts[i] = Number.NaN
  observed.set(histogram, counts)
  return counts
}

const observed = new WeakMap<HistogramSlots, Float64Array>()

/** `later` follows `earlier` in time where both have something. */
function follow(earlier: Counted, later: Counted): Counted {
  const joined = { ...earlier, covered: earlier.covered.slice(), increase: earlier.increase.slice() }
  later.covered.forEach((seconds, i) => {
    joined.covered[i] = (joined.covered[i] ?? 0) + seconds
    add(joined.increase, later.increase, i)
  })
  const last = later.last.map((value, i) => (Number.isNaN(value) ? (earlier.last[i] ?? Number.NaN) : value))
  return { ...joined, last }
}

const nothing = (slots: number): Counted => ({
  covered: new Float64Array(slots),
  increase: new Float64Array(slots).fill(Number.NaN),
  last: new Float64Array(slots).fill(Number.NaN),
})

/** NaN is nothing, not a number that spoils the sum. */
function add(column: Float64Array, other: Float64Array, i: number): void {
  const value = other[i] ?? Number.NaN
  if (!Number.isNaN(value)) column[i] = (column[i] || 0) + value
}
