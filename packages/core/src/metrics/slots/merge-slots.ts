import type { CounterSlots, SeriesSlots } from '../../ports/metrics-store.ts'
import type { Labels } from '../sample.ts'
import type { SourceId } from '../sources.ts'

export interface SeriesShape {
  readonly kind: SeriesSlots['kind']
  readonly source: SourceId
  readonly labels: Labels
  /** Empty for what is no histogram. */
  readonly bounds: readonly number[]
}

/** How two neighbours become one, by column (storage.md 5.7); the buckets behind add up. */
const RULES = {
  gauge: ['add', 'add', 'min', 'max', 'last'],
  counter: ['add', 'add', 'last'],
  histogram: ['add', 'add', 'last'],
} satisfies Record<SeriesSlots['kind'], readonly Rule[]>
type Rule = 'add' | 'min' | 'max' | 'last'

/** How many columns a series has. */
export const columnCount = ({ kind, bounds }: Pick<SeriesShape, 'kind' | 'bounds'>): number =>
  RULES[kind].length + (kind === 'histogram' ? bounds.length + 1 : 0)

/** In the order of storage.md 5.7: views, not copies. */
export function toColumns(slots: SeriesSlots): readonly Float64Array[] {
  switch (slots.kind) {
    case 'gauge':
      return [slots.count, slots.sum, slots.min, slots.max, slots.last]
    case 'counter':
      return [slots.covered, slots.increase, slots.last]
    case 'histogram':
      return [slots.covered, slots.sum, slots.total, ...slots.buckets]
  }
}

/** Slots that `addColumns` fills; columns of gauges that are not wanted stay empty (length 0). */
export function openSlots(
  shape: SeriesShape,
  slots: number,
  isWanted: (column: number) => boolean,
): SeriesSlots {
  const { kind, source, labels, bounds } = shape
  const columns = Array.from({ length: columnCount(shape) }, (_, k) =>
    // The first column counts, or holds seconds: 0 where there is nothing.
    new Float64Array(isWanted(k) ? slots : 0).fill(k === 0 ? 0 : Number.NaN),
  )
  const [first = NONE, second = NONE, third = NONE, fourth = NONE, fifth = NONE] = columns
  if (kind === 'gauge')
    return { kind, source, labels, count: first, sum: second, min: third, max: fourth, last: fifth }
  if (kind === 'counter') return { kind, source, labels, covered: first, increase: second, last: third }
  const buckets = columns.slice(RULES.histogram.length)
  return { kind, source, labels, bounds, covered: first, sum: second, total: third, buckets }
}

const NONE = new Float64Array(0)

/**
 * Adds columns of a later time: entry i belongs to slot `slotOf[i]`, -1: to none. NaN is nothing, in count and seconds too. Columns that
 * are missing on either side are passed over.
 */
export function addColumns(
  into: SeriesSlots,
  columns: readonly (Float64Array | undefined)[],
  slotOf: Int32Array,
): void {
  const rules: readonly Rule[] = RULES[into.kind]
  for (const [k, target] of toColumns(into).entries()) {
    const column = columns[k]
    if (column && target.length > 0) addColumn(target, column, slotOf, rules[k] ?? 'add')
  }
}

function addColumn(target: Float64Array, column: Float64Array, slotOf: Int32Array, rule: Rule): void {
  for (let i = 0; i < slotOf.length; i++) {
    const slot = slotOf[i] ?? -1
    const value = column[i] ?? Number.NaN
    if (slot < 0 || Number.isNaN(value)) continue
    const before = target[slot] ?? Number.NaN
    if (Number.isNaN(before) || rule === 'last') target[slot] = value
    else if (rule === 'add') target[slot] = before + value
    else target[slot] = rule === 'min' ? Math.min(before, value) : Math.max(before, value)
  }
}

/** Under the rule `siblings` all series of a source have the same deltas: what one has not counts as 0 (storage.md 2.1, rule 2). */
export function shareSiblings(series: readonly CounterSlots[]): void {
  const slots = series[0]?.covered.length ?? 0
  for (let slot = 0; slot < slots; slot++) {
    const covered = Math.max(...series.map((one) => one.covered[slot] ?? 0))
    const isCounted = series.some((one) => !Number.isNaN(one.increase[slot]))
    const isSeen = series.some((one) => !Number.isNaN(one.last[slot]))
    for (const one of series) {
      one.covered[slot] = covered
      if (isCounted && Number.isNaN(one.increase[slot])) one.increase[slot] = 0
      if (isSeen && Number.isNaN(one.last[slot])) one.last[slot] = 0
    }
  }
}
