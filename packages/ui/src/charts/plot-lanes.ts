import type uPlot from 'uplot'
import { hatching } from './plot-drawing.ts'
import { faded, type ThemeColours } from './theme-colours.ts'

const BAR = 14
const FONT = 11

/** Name and colour of a lane; in the order of the series. */
export interface PlotLane {
  readonly name: string
  readonly colour: string
}

/** How the lanes of a chart are painted: handed in, since most charts have none. */
export type DrawLanes = typeof drawLanes

/**
 * One lane per shown series: filled where it is on, hatched where it was on for a part of the slot, an outline where it is off, nothing
 * where nothing is known.
 */
export function drawLanes(
  plot: uPlot,
  lanes: readonly PlotLane[],
  step: number,
  colours: ThemeColours,
): void {
  const { ctx, bbox } = plot
  const ratio = plot.width > 0 ? ctx.canvas.width / plot.width : 1
  const shown = lanes.flatMap((lane, index) =>
    plot.series[index + 1]?.show ? [{ lane, line: index + 1 }] : [],
  )
  const height = bbox.height / Math.max(1, shown.length)
  const bar = Math.max(2 * ratio, Math.min(BAR * ratio, height - (FONT + 2) * ratio))
  ctx.save()
  ctx.font = `${FONT * ratio}px ${colours.font}`
  ctx.textBaseline = 'top'
  ctx.textAlign = 'left'
  for (const [place, { lane, line }] of shown.entries()) {
    const top = bbox.top + place * height
    ctx.fillStyle = colours.muted
    ctx.fillText(lane.name, bbox.left + 2 * ratio, top)
    const y = Math.round(top + FONT * ratio + ratio)
    for (const { first, last, value } of spansOf([...(plot.data[line] ?? [])])) {
      const left = Math.max(bbox.left, plot.valToPos(plot.data[0][first] ?? 0, 'x', true))
      const right = Math.min(
        bbox.left + bbox.width,
        plot.valToPos((plot.data[0][last] ?? 0) + step, 'x', true),
      )
      if (right <= left) continue
      if (value === 0) {
        ctx.strokeStyle = faded(lane.colour, 0.5)
        ctx.strokeRect(left + 0.5, y + 0.5, right - left - 1, bar - 1)
        continue
      }
      ctx.fillStyle = value < 1 ? hatching(ctx, lane.colour, ratio) : faded(lane.colour, 0.85)
      ctx.fillRect(left, y, right - left, bar)
    }
  }
  ctx.restore()
}

/** Neighbouring slots of one value. */
function spansOf(column: readonly (number | null | undefined)[]) {
  const spans: { first: number; last: number; value: number }[] = []
  for (const [index, value] of column.entries()) {
    if (value === null || value === undefined) continue
    const before = spans.at(-1)
    if (before && before.last === index - 1 && before.value === value) before.last = index
    else spans.push({ first: index, last: index, value })
  }
  return spans
}
