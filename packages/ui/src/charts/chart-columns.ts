import type { MetricUnit } from '@etcdmonitor/core/metrics/catalogue'
import type { SeriesAxis, SeriesStyle } from '@etcdmonitor/core/metrics/panels'
import type { IconName } from '../components/Icon.tsx'

/** Slots of the palette in their order, for lines of a sequence; the last is outside of it (ui.md 15.4). */
export const SEQUENCE = ['blue', 'orange', 'green', 'pink', 'yellow', 'purple', 'cyan', 'red'] as const
/** By slot, px; the column repeats. */
export const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3]]

export type StateColour = 'ok' | 'notice' | 'warn' | 'crit'
export type SeriesColour = (typeof SEQUENCE)[number] | 'gray' | StateColour

/** Of the whole window, from the server: not of the slots drawn. `null` = nothing in the window. */
export interface SeriesStats {
  readonly min: number | null
  readonly max: number | null
  readonly avg: number | null
  readonly last: number | null
}

/** Per slot. `min` is absent where only the largest is of interest: of quantiles. */
export interface SeriesBand {
  readonly min?: readonly (number | null)[]
  readonly max: readonly (number | null)[]
  /** The largest of `max`. */
  readonly top: number
}

export interface ChartSeries {
  /** Identity of the line from one answer to the next. */
  readonly key: string
  readonly name: string
  /** A word about the name: `leader`, `left the cluster`; `''` for none. */
  readonly note: string
  readonly unit: MetricUnit
  readonly axis: SeriesAxis
  readonly style: SeriesStyle
  readonly colour: SeriesColour
  /** Index into `DASHES`. */
  readonly dash: number
  /** One entry per slot; `null` = no sample. */
  readonly values: readonly (number | null)[]
  /** It counts per slot: `avg` of its stats is the total of the window. */
  readonly isCount: boolean
  readonly stats: SeriesStats
  /** Extremes of each slot, where a slot holds more than one value. */
  readonly band?: SeriesBand | undefined
  /** Time of the last value when there should be newer ones, Unix ms. */
  readonly staleSince?: number | undefined
}

/** A slot in which drawn members were not scraped; `all`: none was. */
export interface SilentSlot {
  readonly index: number
  readonly names: readonly string[]
  readonly all: boolean
}

/** Something that happened, as a vertical line. */
export interface ChartMark {
  readonly key: string
  /** Unix ms. */
  readonly at: number
  readonly icon: IconName
  readonly text: string
  /** The page that tells more of it. */
  readonly href?: string
}

/** What a chart draws. Instants are Unix ms. */
export interface ChartColumns {
  /** The window that was asked for: the slots may begin before it or end after it. */
  readonly from: number
  readonly to: number
  /** Beginnings of the slots, ascending, `step` apart. */
  readonly times: readonly number[]
  readonly step: number
  readonly series: readonly ChartSeries[]
  /** Ascending by index. */
  readonly silent: readonly SilentSlot[]
  /** Inside the window, ascending. */
  readonly marks: readonly ChartMark[]
}

/** A horizontal line worth knowing: a tier of a threshold, a share of the quota. */
export interface LevelLine {
  readonly value: number
  readonly colour: StateColour
  /** With the value: `warning 40 %`. */
  readonly label: string
  readonly axis: 'left' | 'right'
}
