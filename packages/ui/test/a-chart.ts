import type { ChartColumns, ChartSeries } from '../src/charts/chart-columns.ts'
import { readThemeColours } from '../src/charts/theme-colours.ts'

/** A line whose values are those of its slots. */
export const aLine = (
  key: string,
  values: readonly (number | null)[],
  changes: Partial<ChartSeries> = {},
): ChartSeries => {
  const known = values.filter((value) => value !== null)
  const stats =
    known.length === 0
      ? { min: null, max: null, avg: null, last: null }
      : {
          min: Math.min(...known),
          max: Math.max(...known),
          avg: known.reduce((sum, value) => sum + value, 0) / known.length,
          last: known.at(-1) ?? null,
        }
  return {
    key,
    name: key,
    note: '',
    unit: 'count',
    axis: 'left',
    style: 'line',
    colour: 'blue',
    dash: 0,
    values,
    isCount: false,
    stats,
    ...changes,
  }
}

/** Slots of 10 s from noon on. */
export const NOON = Date.UTC(2026, 8, 21, 12)

export function someColumns(
  series: readonly ChartSeries[],
  changes: Partial<ChartColumns> = {},
): ChartColumns {
  const slots = series[0]?.values.length ?? 0
  return {
    from: NOON,
    to: NOON + slots * 10_000,
    times: Array.from({ length: slots }, (_, i) => NOON + i * 10_000),
    step: 10_000,
    series,
    silent: [],
    marks: [],
    ...changes,
  }
}

export const chartProps = {
  label: 'A chart',
  levels: [],
  left: 'count',
  right: null,
  y: null,
  lanes: undefined,
  isShown: true,
  zone: 'UTC',
  hidden: new Set<string>(),
  highlighted: undefined,
  onCursor: () => {},
  onFocus: () => {},
  onZoom: () => {},
  onReset: () => {},
} as const

export const theColours = () => readThemeColours(document.documentElement)
