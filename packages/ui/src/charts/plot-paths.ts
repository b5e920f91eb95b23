import uPlot from 'uplot'

/** Between bars, CSS px. */
const GAP = 1

/** Draws nothing: of series that are drawn by themselves, or as points alone. */
export const noPath: uPlot.Series.PathBuilder = () => null

/** Constant to the next sample, across no gap. */
export const steppedPath = (): uPlot.Series.PathBuilder | undefined => uPlot.paths.stepped?.({ align: 1 })

/** One bar a slot of `step()` seconds, from zero; the `count` bar series of a chart stand side by side in it. */
export function barsPath(place: number, count: number, step: () => number): uPlot.Series.PathBuilder {
  return (plot, line, first, last) => {
    const scale = plot.series[line]?.scale
    const times = plot.data[0]
    const values = plot.data[line] ?? []
    if (!scale) return null
    const fill = new Path2D()
    const ratio = plot.ctx.canvas.width / plot.width
    const zero = plot.valToPos(0, scale, true)
    const slot =
      plot.valToPos((times[first] ?? 0) + step(), 'x', true) - plot.valToPos(times[first] ?? 0, 'x', true)
    const width = Math.max(ratio, slot / count - GAP * ratio)
    for (let index = first; index <= last; index++) {
      const value = values[index]
      if (value === null || value === undefined || value === 0) continue
      const left = plot.valToPos(times[index] ?? 0, 'x', true) + (place * slot) / count
      const top = plot.valToPos(value, scale, true)
      fill.rect(Math.round(left), top, width, zero - top)
    }
    return { fill, stroke: null, clip: null, flags: 1 }
  }
}
