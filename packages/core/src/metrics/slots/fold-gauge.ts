import type { GaugeColumn, GaugeSlots, ScalarTicks } from '../../ports/metrics-store.ts'
import type { Placement } from './fold-ticks.ts'

const ALL: readonly GaugeColumn[] = ['count', 'sum', 'min', 'max', 'last']

/** Columns that are not wanted come back empty. */
export function foldGauge(
  { source, labels, values }: ScalarTicks,
  { slots, slotOf }: Placement,
  wanted: readonly GaugeColumn[] = ALL,
): GaugeSlots {
  const count = new Float64Array(slots)
  const sum = nothing(slots)
  const min = nothing(slots)
  const max = nothing(slots)
  const last = nothing(slots)
  for (let i = 0; i < values.length; i++) {
    const slot = slotOf[i] ?? -1
    const value = values[i] ?? Number.NaN
    if (slot < 0 || Number.isNaN(value)) continue
    const isFirst = count[slot] === 0
    count[slot] = (count[slot] ?? 0) + 1
    sum[slot] = isFirst ? value : (sum[slot] ?? 0) + value
    min[slot] = isFirst ? value : Math.min(min[slot] ?? value, value)
    max[slot] = isFirst ? value : Math.max(max[slot] ?? value, value)
    last[slot] = value
  }
  const columns = { count, sum, min, max, last }
  for (const name of ALL) if (!wanted.includes(name)) columns[name] = new Float64Array(0)
  return { kind: 'gauge', source, labels, ...columns }
}

const nothing = (slots: number) => new Float64Array(slots).fill(Number.NaN)
