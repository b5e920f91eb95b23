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

/** How many observations lie in the buckets. */
function observations(buckets: ArrayLike<number>): number {
  let count = 0
  for (let i = 0; i < buckets.length; i++) count += buckets[i] ?? 0
  return count
}

/**
 * The q-quantile, 0 < q <= 1, by linear interpolation inside its bucket, as PromQL's `histogram_quantile` (metrics.md 3.5). Undefined
 * without observations or without a finite bound. The largest finite bound means "at least".
 */
export function quantile(
  q: number,
  bounds: readonly number[],
  buckets: ArrayLike<number>,
): number | undefined {
  const total = observations(buckets)
  const last = bounds.at(-1)
  if (total === 0 || last === undefined) return undefined
  const rank = q * total
  let below = 0
  for (let k = 0; k < bounds.length; k++) {
    const upper = bounds[k] ?? last
    const count = buckets[k] ?? 0
    if (below + count >= rank) {
      if (k === 0 && upper <= 0) return upper
      const lower = k === 0 ? 0 : (bounds[k - 1] ?? 0)
      return lower + ((upper - lower) * (rank - below)) / count
    }
    below += count
  }
  return last
}
