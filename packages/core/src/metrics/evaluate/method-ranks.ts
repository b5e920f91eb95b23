import type { SeriesSlots } from '../../ports/metrics-store.ts'
import type { Metric } from '../catalogue.ts'
import { addLabelSets } from '../slots/counted-slots.ts'

/**
 * Completed calls of the method that has the most but `rank` at the newest tick of the window, all classes together (metrics.md 3.9);
 * NaN throughout where so many methods have none.
 */
export function evaluateRank(rank: number, series: readonly SeriesSlots[], slots: number): Float64Array {
  return rankMethods(series, slots)[rank]?.calls ?? new Float64Array(slots).fill(Number.NaN)
}

/** The method whose calls the metric counts; undefined for metrics without a rank, and where so many methods have no calls. */
export function rankedMethod({ source, params }: Metric, series: readonly SeriesSlots[]): string | undefined {
  if (params.rank === undefined) return undefined
  const own = series.filter((one) => source.includes(one.source))
  const [first] = own
  const slots = first?.kind === 'counter' ? first.last.length : 0
  return rankMethods(own, slots)[params.rank]?.method
}

/** Most calls first, then by name. */
function rankMethods(series: readonly SeriesSlots[], slots: number) {
  const methods = Map.groupBy(series, ({ labels }) => labels.method ?? '')
  return [...methods]
    .map(([method, own]) => ({ method, calls: addLabelSets(own, slots).last }))
    .map((one) => ({ ...one, newest: one.calls.findLast((value) => !Number.isNaN(value)) ?? 0 }))
    .filter(({ newest }) => newest > 0)
    .sort((a, b) => b.newest - a.newest || (a.method < b.method ? -1 : 1))
}
