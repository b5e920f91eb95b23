import type { HistogramSlots, HistogramTicks } from '../../ports/metrics-store.ts'
import type { Labels } from '../sample.ts'
import type { CoveredSeconds } from './delta-rules.ts'
import type { Placement } from './fold-ticks.ts'

/**
 * All series of one histogram source of one member. Series of one label set that differ in bounds follow each other: the first sample
 * under new bounds is a reset, whose delta belongs to the new series (metrics.md 3.5).
 */
export function foldHistograms(
  series: readonly HistogramTicks[],
  placement: Placement,
  covered: CoveredSeconds,
): HistogramSlots[] {
  const sets = Map.groupBy(series, ({ labels }) => labelKey(labels))
  const owners = new Map([...sets].map(([key, set]) => [key, ownersOf(set)]))
  return series.map((ticks) => {
    const key = labelKey(ticks.labels)
    const own = sets.get(key)?.indexOf(ticks) ?? -1
    return foldSeries(ticks, { own, owners: owners.get(key) ?? new Int32Array(0) }, placement, covered)
  })
}

const labelKey = (labels: Labels) =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))

/** Per tick which series of the label set has a sample, at most one; -1 for none. */
function ownersOf(set: readonly HistogramTicks[]): Int32Array {
  const owners = new Int32Array(set[0]?.sum.length ?? 0).fill(-1)
  for (const [own, { sum }] of set.entries())
    for (let at = 0; at < owners.length; at++) if (!Number.isNaN(sum[at] ?? Number.NaN)) owners[at] = own
  return owners
}

/** Counted deltas, in columns: a week of a member has 20,000. `bases`: the tick that is subtracted, -1 after a reset. */
interface Deltas {
  readonly ticks: Int32Array
  readonly bases: Int32Array
  readonly slots: Int32Array
}

/** Column by column: one pass over all buckets of each sample costs several times as much. */
function foldSeries(
  ticks: HistogramTicks,
  place: { readonly own: number; readonly owners: Int32Array },
  { slots, slotOf }: Placement,
  covered: CoveredSeconds,
): HistogramSlots {
  const { source, labels, bounds, buckets, sum } = ticks
  const seconds = new Float64Array(slots)
  const newest = new Int32Array(slots).fill(-1)
  const deltas = findDeltas(place, slotOf, (at, before, slot) => {
    newest[slot] = at
    const passed = before < 0 ? undefined : covered(before, at)
    seconds[slot] = (seconds[slot] ?? 0) + (passed ?? 0)
    return passed !== undefined
  })
  const counting = buckets.filter(isCounting)
  for (const column of counting) markResets(column, deltas)
  // One piece of memory for all: each takes longer to get than to fill.
  const grown = new Float64Array((buckets.length + 1) * slots).fill(Number.NaN)
  const piece = (k: number) => grown.subarray(k * slots, (k + 1) * slots)
  return {
    kind: 'histogram',
    source,
    labels,
    bounds,
    covered: seconds,
    sum: addDeltas(piece(buckets.length), sum, deltas),
    total: countTotals(counting, newest),
    buckets: addBuckets(),
  }

  /** All empty ones are alike. */
  function addBuckets(): Float64Array[] {
    let empty: Float64Array | undefined
    return buckets.map((column, k) => {
      const own = piece(k)
      if (counting.includes(column)) return addDeltas(own, column, deltas)
      if (empty) own.set(empty)
      else empty = addDeltas(own, column, deltas)
      return own
    })
  }
}

/** Of most histograms most buckets hold nothing for days. NaN: no sample. */
function isCounting(column: Float64Array): boolean {
  for (let i = 0; i < column.length; i++) if ((column[i] ?? 0) > 0) return true
  return false
}

/** The samples of one series that lie in slots and of which `isCounted` says that the delta from the sample before them counts. */
function findDeltas(
  { own, owners }: { readonly own: number; readonly owners: Int32Array },
  slotOf: Int32Array,
  isCounted: (at: number, before: number, slot: number) => boolean,
): Deltas {
  const ticks = new Int32Array(owners.length)
  const bases = new Int32Array(owners.length)
  const slots = new Int32Array(owners.length)
  let count = 0
  let before = -1
  for (let at = 0; at < owners.length; at++) {
    const owner = owners[at] ?? -1
    if (owner < 0) continue
    const slot = slotOf[at] ?? -1
    if (owner === own && slot >= 0 && isCounted(at, before, slot)) {
      ticks[count] = at
      bases[count] = owners[before] === own ? before : -1
      slots[count] = slot
      count++
    }
    before = at
  }
  return { ticks: ticks.subarray(0, count), bases: bases.subarray(0, count), slots: slots.subarray(0, count) }
}

/** Decided once for the whole label set: if one bucket fell, the later buckets are the increase. */
function markResets(column: Float64Array, { ticks, bases }: Deltas): void {
  for (let i = 0; i < ticks.length; i++) {
    const base = bases[i] ?? -1
    if (base >= 0 && (column[ticks[i] ?? 0] ?? 0) < (column[base] ?? 0)) bases[i] = -1
  }
}

/** `grown`: by slot, NaN where nothing was counted yet. */
function addDeltas(grown: Float64Array, column: Float64Array, { ticks, bases, slots: slotOf }: Deltas) {
  for (let i = 0; i < ticks.length; i++) {
    const base = bases[i] ?? -1
    const slot = slotOf[i] ?? 0
    const before = base < 0 ? 0 : (column[base] ?? 0)
    grown[slot] = (grown[slot] || 0) + (column[ticks[i] ?? 0] ?? 0) - before // NaN: the first of the slot
  }
  return grown
}

/** `buckets`: those that count something. */
function countTotals(buckets: readonly Float64Array[], newest: Int32Array): Float64Array {
  const total = Float64Array.from(newest, (at) => (at < 0 ? Number.NaN : 0))
  for (const column of buckets)
    for (let slot = 0; slot < newest.length; slot++) {
      const at = newest[slot] ?? -1
      if (at >= 0) total[slot] = (total[slot] ?? 0) + (column[at] ?? 0)
    }
  return total
}
