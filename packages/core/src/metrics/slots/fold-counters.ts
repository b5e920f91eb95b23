import type { CounterSlots, MemberTicks, ScalarTicks } from '../../ports/metrics-store.ts'
import { type SourceEntry, sourceOf } from '../sources.ts'
import { type CoveredSeconds, increaseOf, positionFell } from './delta-rules.ts'
import type { Placement } from './fold-ticks.ts'

/** All series of one counter source of one member, increase by increase (metrics.md 3.3). */
export function foldCounters(
  ticks: MemberTicks,
  series: readonly ScalarTicks[],
  placement: Placement,
  covered: CoveredSeconds,
): CounterSlots[] {
  const [first] = series
  if (!first) return []
  const entry: SourceEntry = sourceOf(first.source)
  const filled = entry.absent === 'siblings' ? fillSiblings(series) : series
  return filled.map((one) => foldCounter(ticks, one, entry.restart, placement, covered))
}

/** A series without a sample counts as 0 at a tick where another of its source has one; so does the increase of one that appears. */
function fillSiblings(series: readonly ScalarTicks[]): readonly ScalarTicks[] {
  const length = series[0]?.values.length ?? 0
  const isKnown = Array.from({ length }, (_, i) => series.some(({ values }) => !Number.isNaN(values[i])))
  return series.map((one) => ({
    ...one,
    values: one.values.map((value, i) => (Number.isNaN(value) && isKnown[i] ? 0 : value)),
  }))
}

function foldCounter(
  ticks: MemberTicks,
  { source, labels, values }: ScalarTicks,
  restart: SourceEntry['restart'],
  { slots, slotOf }: Placement,
  covered: CoveredSeconds,
): CounterSlots {
  const seconds = new Float64Array(slots)
  const increase = new Float64Array(slots).fill(Number.NaN)
  const last = new Float64Array(slots).fill(Number.NaN)
  let before = -1
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN
    if (Number.isNaN(value)) continue
    const slot = slotOf[i] ?? -1
    if (slot >= 0) {
      last[slot] = value
      const passed = before < 0 ? undefined : covered(before, i)
      const grown = passed === undefined ? undefined : increaseOf(values[before] ?? 0, value, restart)
      const isOther = restart === 'continues' && before >= 0 && positionFell(ticks, before, i)
      if (passed !== undefined && grown !== undefined && !isOther) {
        seconds[slot] = (seconds[slot] ?? 0) + passed
        increase[slot] = (increase[slot] || 0) + grown // NaN: the first of the slot
      }
    }
    before = i
  }
  return { kind: 'counter', source, labels, covered: seconds, increase, last }
}
