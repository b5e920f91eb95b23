import type { SeriesAxis } from '@etcdmonitor/core/metrics/panels'
import type uPlot from 'uplot'
import type { SeriesBand } from './chart-columns.ts'
import { faded } from './theme-colours.ts'

const FILL = 0.18
const TOP = 0.6
/** With more lines than these only the highlighted one has its band. */
const MAX_BANDS = 3

/** A line's band and its colour; in the order of the lines. */
export interface PlotBand {
  readonly colour: string
  readonly band: SeriesBand | undefined
}

/** Between the least and the largest of each slot, under the lines; of quantiles the largest alone, as a thin line. */
export function drawBands(plot: uPlot, bands: readonly PlotBand[], highlighted: number | null): void {
  const shown = plot.series.filter(({ show }, index) => index > 0 && show).length
  const { ctx, bbox } = plot
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  for (const [index, { band, colour }] of bands.entries()) {
    const line = index + 1
    if (!band || !plot.series[line]?.show) continue
    if (shown > MAX_BANDS && highlighted !== line) continue
    if (band.min) {
      ctx.fillStyle = faded(colour, FILL)
      ctx.fill(areaPath(plot, line, band.min, band.max))
    } else {
      ctx.strokeStyle = faded(colour, TOP)
      ctx.lineWidth = 1
      ctx.stroke(linePath(plot, line, band.max))
    }
  }
  ctx.restore()
}

/** The largest value of the bands of what is shown on an axis; 0 without one. */
export function topOfBands(
  plot: uPlot,
  axis: SeriesAxis,
  bands: readonly (SeriesBand | undefined)[],
): number {
  const tops = bands.map((band, index) => {
    const { show, scale } = plot.series[index + 1] ?? {}
    return band && show && scale === axis ? band.top : 0
  })
  return Math.max(0, ...tops)
}

type Column = readonly (number | null)[]

function linePath(plot: uPlot, line: number, column: Column): Path2D {
  const path = new Path2D()
  for (const run of runsOf(column)) trace(path, plot, line, column, run)
  return path
}

function areaPath(plot: uPlot, line: number, min: Column, max: Column): Path2D {
  const path = new Path2D()
  for (const run of runsOf(max)) {
    trace(path, plot, line, max, run)
    for (const index of run.toReversed()) path.lineTo(xOf(plot, index), yOf(plot, line, min[index] ?? 0))
    path.closePath()
  }
  return path
}

function trace(path: Path2D, plot: uPlot, line: number, column: Column, run: readonly number[]): void {
  for (const [place, index] of run.entries()) {
    const [x, y] = [xOf(plot, index), yOf(plot, line, column[index] ?? 0)]
    if (place === 0) path.moveTo(x, y)
    else path.lineTo(x, y)
  }
}

/** Indices of values without a gap between them. */
function runsOf(column: Column): number[][] {
  const runs: number[][] = []
  for (const [index, value] of column.entries()) {
    if (value === null) continue
    if (index > 0 && column[index - 1] !== null && runs.length > 0) runs.at(-1)?.push(index)
    else runs.push([index])
  }
  return runs
}

const xOf = (plot: uPlot, index: number): number => plot.valToPos(plot.data[0][index] ?? 0, 'x', true)
const yOf = (plot: uPlot, line: number, value: number): number =>
  plot.valToPos(value, plot.series[line]?.scale ?? 'left', true)
