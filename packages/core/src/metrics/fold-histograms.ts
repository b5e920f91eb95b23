import type { HistogramSlots, HistogramTicks } from '../ports/metrics-store.ts'
import type { CoveredSeconds } from './delta-rules.ts'
import type { Placement } from './fold-ticks.ts'
import { observations } from './histogram.ts'
import type { Labels } from './sample.ts'

/**
 * All series of one histogram source of one member. Series of one label set that differ in bounds follow each other: the first sample
 * under new bounds is a reset, whose delta belongs to the new series (metrics.md 3.5).
 */
export function foldHistograms(
  series: readonly HistogramTicks[],
  placement: Placement,
  covered: CoveredSeconds,
): HistogramSlots[] {
  const labelSets = new Map<string, { readonly ticks: HistogramTicks; readonly slots: HistogramSlots }[]>()
  const folded = series.map((ticks) => {
    const slots = openSlots(ticks, placement.slots)
    const key = labelKey(ticks.labels)
    labelSets.set(key, [...(labelSets.get(key) ?? []), { ticks, slots }])
    return slots
  })
  for (const set of labelSets.values()) foldLabelSet(set, placement, covered)
  return folded
}

const labelKey = (labels: Labels) =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))

function openSlots({ source, labels, bounds }: HistogramTicks, slots: number): HistogramSlots {
  const nothing = () => new Float64Array(slots).fill(Number.NaN)
  return {
    kind: 'histogram',
    source,
    labels,
    bounds,
    covered: new Float64Array(slots),
    sum: nothing(),
    total: nothing(),
    buckets: Array.from({ length: bounds.length + 1 }, nothing),
  }
}

interface Sample {
  readonly at: number
  readonly owner: number
  readonly buckets: readonly number[]
  readonly sum: number
}

function foldLabelSet(
  set: readonly { readonly ticks: HistogramTicks; readonly slots: HistogramSlots }[],
  { slotOf }: Placement,
  covered: CoveredSeconds,
): void {
  let before: Sample | undefined
  for (let at = 0; at < slotOf.length; at++) {
    const sample = sampleAt(set, at)
    if (!sample) continue
    const slot = slotOf[at] ?? -1
    const target = set[sample.owner]?.slots
    if (slot >= 0 && target) {
      target.total[slot] = observations(sample.buckets)
      const passed = before && covered(before.at, at)
      if (before && passed !== undefined) addDelta(target, slot, passed, before, sample)
    }
    before = sample
  }
}

/** At most one series of a label set has a sample at a tick. */
function sampleAt(set: readonly { readonly ticks: HistogramTicks }[], at: number): Sample | undefined {
  const owner = set.findIndex(({ ticks }) => !Number.isNaN(ticks.sum[at] ?? Number.NaN))
  const ticks = set[owner]?.ticks
  if (!ticks) return undefined
  return { at, owner, buckets: ticks.buckets.map((column) => column[at] ?? 0), sum: ticks.sum[at] ?? 0 }
}

/** Decided once for the whole label set: after a reset the later buckets are the increase. */
function addDelta(target: HistogramSlots, slot: number, seconds: number, before: Sample, now: Sample): void {
  const isReset =
    before.owner !== now.owner || now.buckets.some((count, k) => count < (before.buckets[k] ?? 0))
  const base = isReset ? undefined : before
  target.covered[slot] = (target.covered[slot] ?? 0) + seconds
  target.sum[slot] = (target.sum[slot] || 0) + now.sum - (base?.sum ?? 0) // NaN: the first of the slot
  for (const [k, column] of target.buckets.entries())
    column[slot] = (column[slot] || 0) + (now.buckets[k] ?? 0) - (base?.buckets[k] ?? 0)
}
