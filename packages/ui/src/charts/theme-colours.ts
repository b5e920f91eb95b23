import type { SeriesColour } from './chart-columns.ts'

const SERIES: readonly SeriesColour[] = [
  'blue',
  'orange',
  'green',
  'pink',
  'yellow',
  'purple',
  'cyan',
  'red',
  'gray',
  'ok',
  'notice',
  'warn',
  'crit',
]
const STATES: ReadonlySet<string> = new Set(['ok', 'notice', 'warn', 'crit'])

/** Colours and font of a canvas, which cannot read custom properties by itself. */
export interface ThemeColours {
  readonly series: Readonly<Record<SeriesColour, string>>
  readonly surface: string
  readonly grid: string
  readonly faint: string
  readonly muted: string
  readonly font: string
}

/** Read once per change of theme: it makes the browser compute styles. */
export function readThemeColours(root: Element): ThemeColours {
  const style = getComputedStyle(root)
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    series: Object.fromEntries(
      SERIES.map((name) => [name, read(STATES.has(name) ? name : `series-${name}`)]),
    ) as Record<SeriesColour, string>, // the keys are those of SERIES
    surface: read('surface'),
    grid: read('grid'),
    faint: read('faint'),
    muted: read('muted'),
    font: read('font'),
  }
}

/** `#rrggbb` with an opacity of 0 to 1. */
export const faded = (colour: string, opacity: number): string =>
  `${colour}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0')}`
