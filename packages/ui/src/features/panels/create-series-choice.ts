import { type Accessor, createMemo, createSignal } from 'solid-js'
import { toggleSeries } from '../../charts/hidden-series.ts'

const MAX_LINES = 8

export interface SeriesChoice {
  /** Keys of the series that are switched off: those beyond the eighth, until somebody chooses. */
  readonly hidden: Accessor<ReadonlySet<string>>
  /** `isSolo`: all others are switched off. */
  toggle(key: string, isSolo: boolean): void
}

/** Which of its lines a chart shows; lives as long as the chart. */
export function createSeriesChoice(keys: Accessor<readonly string[]>): SeriesChoice {
  const [chosen, setChosen] = createSignal<ReadonlySet<string>>()
  const hidden = createMemo(() => chosen() ?? new Set(keys().slice(MAX_LINES)))
  return { hidden, toggle: (key, isSolo) => setChosen(toggleSeries(hidden(), keys(), key, isSolo)) }
}
