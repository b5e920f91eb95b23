import type { MemberTicks } from '../../ports/metrics-store.ts'
import type { PartSlots } from '../evaluate/evaluate-parts.ts'
import { foldTicks } from './fold-ticks.ts'

/**
 * One part per tick: single samples, and the single deltas that end at them (metrics.md 3.10). From the first tick of the window on, or with
 * the seam before it.
 */
export function tickParts(ticks: MemberTicks, withSeam = false): PartSlots {
  const skipped = withSeam ? 0 : ticks.first
  const times = ticks.times.slice(skipped)
  const slotOf = new Int32Array(ticks.times.length)
  for (let i = 0; i < slotOf.length; i++) slotOf[i] = Math.max(-1, i - skipped)
  return {
    times,
    length: 0,
    until: times.at(-1) ?? 0,
    series: foldTicks(ticks, { slots: times.length, slotOf }),
    first: ticks.first - skipped,
  }
}
