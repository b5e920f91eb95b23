import type uPlot from 'uplot'
import type { ChartColumns } from './chart-columns.ts'

/** What uPlot is fed: aligned columns and the x window, in Unix seconds. */
export interface PlotData {
  readonly columns: uPlot.AlignedData
  readonly min: number
  readonly max: number
}

/** A slot without a finite value is a gap. A chart without slots still gets its window, so that axes are drawn. */
export function toPlotData({ from, to, times, series }: ChartColumns): PlotData {
  const x = times.length > 0 ? times : [from, to]
  const columns: uPlot.AlignedData = [
    x.map((at) => at / 1_000),
    ...series.map(({ values }) => x.map((_, slot) => finite(values[slot]))),
  ]
  return { columns, min: from / 1_000, max: to / 1_000 }
}

/** Indices of samples between two gaps: without a dot nobody would see them. */
export function singleSamples(values: ArrayLike<number | null | undefined>): number[] {
  const isGap = (index: number) => finite(values[index]) === null
  const found: number[] = []
  // of every series at every painting: one walk, nothing made for samples that have neighbours
  for (let index = 0; index < values.length; index++) {
    if (!isGap(index) && isGap(index - 1) && isGap(index + 1)) found.push(index)
  }
  return found
}

const finite = (value: number | null | undefined): number | null =>
  value !== undefined && value !== null && Number.isFinite(value) ? value : null
