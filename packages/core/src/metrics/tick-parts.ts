import type { MemberTicks } from '../ports/metrics-store.ts'
import { foldTicks } from './fold-ticks.ts'
import type { PartSlots } from './window-stats.ts'

/** One part per tick from `first` on: single samples, and the single deltas that end at them (metrics.md 3.10). */
export function tickParts(ticks: MemberTicks): PartSlots {
  const { times, first } = ticks
  const slotOf = Int32Array.from(times, (_, i) => (i < first ? -1 : i - first))
  return { times: times.slice(first), series: foldTicks(ticks, { slots: times.length - first, slotOf }) }
}
