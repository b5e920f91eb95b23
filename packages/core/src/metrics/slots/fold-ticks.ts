import type {
  GaugeColumn,
  HistogramTicks,
  MemberTicks,
  ScalarTicks,
  SeriesSlots,
  SeriesTicks,
} from '../../ports/metrics-store.ts'
import type { SourceId } from '../sources.ts'
import { coveredSeconds } from './delta-rules.ts'
import { foldCounters } from './fold-counters.ts'
import { foldGauge } from './fold-gauge.ts'
import { foldHistograms } from './fold-histograms.ts'

/** Where each tick belongs: `slotOf[i]` is a slot below `slots`, or -1 for the seam. Ascending but for the -1 in front. */
export interface Placement {
  readonly slots: number
  readonly slotOf: Int32Array
}

/** Slots `[from + k × step, from + (k + 1) × step)`: a sample belongs to the slot it lies in, a delta to that of its later sample. */
export function placeInSlots({ times }: MemberTicks, from: number, step: number, slots: number): Placement {
  const slotOf = new Int32Array(times.length) // filled by a loop: `from` with a function took most of the time
  for (let i = 0; i < slotOf.length; i++) {
    const slot = Math.floor(((times[i] ?? 0) - from) / step)
    slotOf[i] = slot >= 0 && slot < slots ? slot : -1
  }
  return { slots, slotOf }
}

/** Primitives per slot of every series, exact (metrics.md 3.1 to 3.5); the only fold there is. */
export function foldTicks(
  ticks: MemberTicks,
  placement: Placement,
  gauge?: readonly GaugeColumn[],
): SeriesSlots[] {
  const covered = coveredSeconds(ticks)
  return [...bySource(ticks.series).values()].flatMap((group): SeriesSlots[] => {
    const histograms = group.filter(isHistogram)
    if (histograms.length > 0) return foldHistograms(histograms, placement, covered)
    const scalars = group.filter(isScalar)
    return scalars[0]?.kind === 'gauge'
      ? scalars.map((one) => foldGauge(one, placement, gauge))
      : foldCounters(ticks, scalars, placement, covered)
  })
}

const isHistogram = (one: SeriesTicks): one is HistogramTicks => one.kind === 'histogram'
const isScalar = (one: SeriesTicks): one is ScalarTicks => one.kind !== 'histogram'

function bySource(series: readonly SeriesTicks[]): ReadonlyMap<SourceId, SeriesTicks[]> {
  const groups = new Map<SourceId, SeriesTicks[]>()
  for (const one of series) {
    const group = groups.get(one.source) ?? []
    groups.set(one.source, group)
    group.push(one)
  }
  return groups
}
