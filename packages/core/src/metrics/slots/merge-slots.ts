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
  const wanted = Array.from({ length: columnCount(shape) }, (_, k) => (isWanted(k) ? slots : 0))
  // One piece of memory: a histogram has 20 columns and more.
  const all = new Float64Array(wanted.reduce((sum, length) => sum + length, 0)).fill(Number.NaN)
  let end = 0
  const columns = wanted.map((length) => {
    end += length
    return all.subarray(end - length, end)
  })
  columns[0]?.fill(0) // it counts, or holds seconds: 0 where there is nothing
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
  const end = Math.min(slotOf.length, column.length)
  for (let i = 0; i < end; i++) {
    const slot = slotOf[i] ?? -1
    const value = column[i] ?? Number.NaN
    if (slot < 0 || Number.isNaN(value)) continue
    const before = target[slot] ?? Number.NaN
    if (Number.isNaN(before) || rule === 'last') target[slot] = value
    else if (rule === 'add') target[slot] = before + value
    else target[slot] = rule === 'min' ? Math.min(before, value) : Math.max(before, value)
  }
}

/**
 * Puts columns of which each entry is a slot into slots that have nothing yet: the first at `at`, which may lie before them; none at or
 * beyond `end`. Else as `addColumns`.
 */
export function putColumns(
  into: SeriesSlots,
  columns: readonly (Float64Array | undefined)[],
  at: number,
  end: number,
): void {
  const first = Math.max(0, -at)
  for (const [k, target] of toColumns(into).entries()) {
    const column = columns[k]?.subarray(first, Math.max(first, Math.min(target.length, end) - at))
    if (!column || column.length === 0) continue
    target.set(column, at + first)
    if (k > 0) continue
    const last = at + first + column.length
    for (let i = at + first; i < last; i++) if (Number.isNaN(target[i])) target[i] = 0
  }
}

/** Under the rule `siblings` all series of a source have the same deltas: what one has not counts as 0 (storage.md 2.1, rule 2). */
export function shareSiblings(series: readonly CounterSlots[]): void {
  const slots = series[0]?.covered.length ?? 0
  const covered = new Float64Array(slots)
  for (const one of series)
    for (let i = 0; i < slots; i++) covered[i] = Math.max(covered[i] ?? 0, one.covered[i] ?? 0)
  for (const one of series) one.covered.set(covered)
  fillWhereAnyIs(series.map(({ increase }) => increase))
  fillWhereAnyIs(series.map(({ last }) => last))
}

/** 0 in place of NaN where another column has a number. */
function fillWhereAnyIs(columns: readonly Float64Array[]): void {
  const [first = NONE] = columns
  for (let i = 0; i < first.length; i++) {
    let known = 0
    for (const column of columns) if (!Number.isNaN(column[i])) known++
    if (known === 0 || known === columns.length) continue
    for (const column of columns) if (Number.isNaN(column[i])) column[i] = 0
  }
}
