/** Counts per bucket (not cumulative; bounds.length + 1, the last is +Inf) and the sum of all observations. */
export interface Histogram {
  /** Ascending, finite, without +Inf. */
  readonly bounds: readonly number[]
  readonly buckets: ArrayLike<number>
  readonly sum: number
}

/** Cumulative counts → counts per bucket; counts that decrease along the bounds are raised to the running maximum (metrics.md 2.6). */
export function toBuckets(cumulative: readonly number[]): number[] {
  let highest = 0
  return cumulative.map((count) => {
    const raised = Math.max(highest, count)
    const own = raised - highest
    highest = raised
    return own
  })
}

/**
 * Buckets with equal upper bound are added, sums are added. Where bounds differ only the common ones stay (+Inf always does), and each
 * other bucket is added to the next common bound above it (metrics.md 3.5). At least one histogram.
 */
export function mergeHistograms(histograms: readonly Histogram[]): Histogram {
  const [first, ...rest] = histograms
  if (!first) throw new Error('nothing to merge')
  const bounds = first.bounds.filter((bound) => rest.every((other) => other.bounds.includes(bound)))
  const buckets = new Array<number>(bounds.length + 1).fill(0)
  let sum = 0
  for (const histogram of histograms) {
    sum += histogram.sum
    let place = 0
    for (let i = 0; i < histogram.buckets.length; i++) {
      const bound = histogram.bounds[i] ?? Infinity
      while (place < bounds.length && (bounds[place] as number) < bound) place++ // place < length: defined
      buckets[place] = (buckets[place] ?? 0) + (histogram.buckets[i] ?? 0)
    }
  }
  return { bounds, buckets, sum }
}

/**
 * The q-quantile of every slot, 0 < q <= 1, by linear interpolation inside its bucket, as PromQL's `histogram_quantile` (metrics.md 3.5). NaN
 * without observations or without a finite bound. The largest finite bound means "at least". `columns`: of each bucket the counts by slot;
 * `totals`: observations by slot, NaN where the slot does not count.
 */
export function quantiles(
  q: number,
  bounds: readonly number[],
  columns: readonly Float64Array[],
  totals: Float64Array = sumOf(columns),
): Float64Array {
  const ranks = new Float64Array(totals.length)
  let left = 0
  for (let i = 0; i < ranks.length; i++) {
    ranks[i] = q * (totals[i] || Number.NaN) // NaN: nothing to find
    if (!Number.isNaN(ranks[i])) left++
  }
  const below = new Float64Array(totals.length)
  const values = new Float64Array(totals.length).fill(Number.NaN)
  for (const [k, upper] of bounds.entries()) {
    if (left === 0) return values // most are found in the first few buckets
    const lower = bounds[k - 1] ?? 0
    const column = columns[k] ?? below
    for (let i = 0; i < ranks.length; i++) {
      const rank = ranks[i] ?? Number.NaN
      const under = below[i] ?? 0
      const count = column[i] ?? 0
      below[i] = under + count
      if (!(under + count >= rank)) continue
      values[i] = k === 0 && upper <= 0 ? upper : lower + ((upper - lower) * (rank - under)) / count
      ranks[i] = Number.NaN // found
      left--
    }
  }
  const last = bounds.at(-1) ?? Number.NaN
  for (let i = 0; i < ranks.length; i++) if (!Number.isNaN(ranks[i])) values[i] = last
  return values
}

/** Observations of every slot. Four columns at a time: a row crosses all of them, and one by one the sum is read and written for each. */
export function sumOf(columns: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(columns[0]?.length ?? 0)
  const zeros = columns.length % 4 === 0 ? sum : new Float64Array(sum.length)
  for (let k = 0; k < columns.length; k += 4) {
    const [a = zeros, b = zeros, c = zeros, d = zeros] = [
      columns[k],
      columns[k + 1],
      columns[k + 2],
      columns[k + 3],
    ]
    for (let i = 0; i < sum.length; i++)
      sum[i] = (sum[i] ?? 0) + (a[i] ?? 0) + (b[i] ?? 0) + (c[i] ?? 0) + (d[i] ?? 0)
  }
  return sum
}
