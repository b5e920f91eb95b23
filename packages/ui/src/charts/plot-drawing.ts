import type uPlot from 'uplot'
import type { LevelLine } from './chart-columns.ts'
import { placeLabels } from './place-labels.ts'
import { faded, type ThemeColours } from './theme-colours.ts'
import { splitLines } from './y-range.ts'

const LINE_DASH = [4, 4]
const HATCH = 6

/** Dashed level lines, under the series. */
export function drawLines(plot: uPlot, levels: readonly LevelLine[], colours: ThemeColours): void {
  const { ctx, bbox } = plot
  onCanvas(plot, () => {
    for (const level of visible(plot, levels).drawn) {
      const y = Math.round(plot.valToPos(level.value, level.axis, true)) + 0.5
      ctx.strokeStyle = faded(colours.series[level.colour], 0.8)
      ctx.setLineDash(LINE_DASH.map((length) => length * pixelRatio(plot)))
      ctx.beginPath()
      ctx.moveTo(bbox.left, y)
      ctx.lineTo(bbox.left + bbox.width, y)
      ctx.stroke()
    }
  })
}

/** Their names, over the series with a halo of the surface; the next level above the picture as a mark at its upper edge. */
export function drawLabels(plot: uPlot, levels: readonly LevelLine[], colours: ThemeColours): void {
  const { drawn, next } = visible(plot, levels)
  const { ctx, bbox } = plot
  const ratio = pixelRatio(plot)
  const inset = 6 * ratio
  onCanvas(plot, () => {
    ctx.font = `${11 * ratio}px ${colours.font}`
    ctx.textBaseline = 'bottom'
    ctx.lineWidth = 3 * ratio
    ctx.lineJoin = 'round'
    ctx.strokeStyle = colours.surface
    const write = (text: string, level: LevelLine, x: number, y: number) => {
      ctx.strokeText(text, x, y)
      ctx.fillStyle = colours.series[level.colour]
      ctx.fillText(text, x, y)
    }
    ctx.textAlign = 'left'
    const labels = drawn.map((level) => ({
      level,
      y: plot.valToPos(level.value, level.axis, true) - 2 * ratio,
      width: ctx.measureText(level.label).width,
    }))
    const starts = placeLabels(labels, 12 * ratio, 8 * ratio)
    for (const [index, { level, y }] of labels.entries()) {
      write(level.label, level, bbox.left + inset + (starts[index] ?? 0), y)
    }
    ctx.textAlign = 'right'
    if (next) write(`↑ ${next.label}`, next, bbox.left + bbox.width - inset, bbox.top + 13 * ratio)
  })
}

/** Hatching under the plot where members were not scraped: colour and pattern, since colour alone says nothing to some. */
export function drawStrip(
  plot: uPlot,
  silent: readonly { readonly from: number; readonly to: number; readonly all: boolean }[],
  height: number,
  colours: ThemeColours,
): void {
  if (silent.length === 0) return
  const { ctx, bbox } = plot
  const ratio = pixelRatio(plot)
  const end = bbox.left + bbox.width
  onCanvas(plot, () => {
    for (const { from, to, all } of silent) {
      const left = Math.max(bbox.left, plot.valToPos(from, 'x', true))
      const right = Math.min(end, plot.valToPos(to, 'x', true))
      if (right <= left) continue
      const colour = colours.series[all ? 'crit' : 'warn']
      ctx.fillStyle = hatching(ctx, colour, ratio)
      ctx.fillRect(left, bbox.top + bbox.height + ratio, right - left, height * ratio)
    }
  })
}

/** Judged per axis, by where it ends now: it may have fixed ends, or have stayed larger than its values are. */
function visible(plot: uPlot, levels: readonly LevelLine[]) {
  const split = (['left', 'right'] as const).map((axis) =>
    splitLines(
      levels.filter((level) => level.axis === axis),
      plot.scales[axis]?.max ?? 0,
    ),
  )
  return { drawn: split.flatMap(({ drawn }) => drawn), next: split.find(({ next }) => next)?.next }
}

export function hatching(
  ctx: CanvasRenderingContext2D,
  colour: string,
  ratio: number,
): CanvasPattern | string {
  const tile = document.createElement('canvas')
  const size = HATCH * ratio
  tile.width = size
  tile.height = size
  const brush = tile.getContext('2d')
  if (!brush) return colour
  brush.fillStyle = faded(colour, 0.25)
  brush.fillRect(0, 0, size, size)
  brush.strokeStyle = colour
  brush.lineWidth = 1.5 * ratio
  brush.beginPath()
  for (const shift of [-size, 0, size]) {
    brush.moveTo(shift, size)
    brush.lineTo(shift + size, 0)
  }
  brush.stroke()
  return ctx.createPattern(tile, 'repeat') ?? colour
}

/** The canvas belongs to uPlot: it gets it back as it was. */
function onCanvas({ ctx }: uPlot, draw: () => void): void {
  ctx.save()
  draw()
  ctx.restore()
}

/** Canvas pixels per CSS pixel. */
const pixelRatio = (plot: uPlot): number => (plot.width > 0 ? plot.ctx.canvas.width / plot.width : 1)
