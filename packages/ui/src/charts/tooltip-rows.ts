import type { ChartSeries } from './chart-columns.ts'

const MAX_ROWS = 8

export interface TooltipRow {
  readonly series: ChartSeries
  /** `null` = no sample in the slot. */
  readonly value: number | null
}

/** Shown series with their value in `slot`: the highlighted one first, then the largest; those without one last. At most 8. */
export function tooltipRows(
  series: readonly ChartSeries[],
  slot: number,
  hidden: ReadonlySet<string>,
  highlighted: string | undefined,
): TooltipRow[] {
  const rank = ({ series: { key }, value }: TooltipRow) =>
    key === highlighted ? Number.POSITIVE_INFINITY : (value ?? Number.NEGATIVE_INFINITY)
  return series
    .filter(({ key }) => !hidden.has(key))
    .map((one) => ({ series: one, value: one.values[slot] ?? null }))
    .toSorted((one, other) => (rank(one) === rank(other) ? 0 : rank(other) - rank(one)))
    .slice(0, MAX_ROWS)
}
