import { formatTicks, tickSteps } from '@etcdmonitor/core/format/format-ticks'
import { formatTimeTicks } from '@etcdmonitor/core/format/format-time'
import type { Zone } from '@etcdmonitor/core/format/zoned-time'
import type { MetricUnit } from '@etcdmonitor/core/metrics/catalogue'
import uPlot from 'uplot'
import { type ChartSeries, DASHES, type LevelLine } from './chart-columns.ts'
import { singleSamples } from './plot-data.ts'
import { drawLabels, drawLines, drawStrip } from './plot-drawing.ts'
import { faded, type ThemeColours } from './theme-colours.ts'
import { nextTop } from './y-range.ts'

/** Heights of what is under the plot, CSS px: the strip of missed scrapes and the time axis. */
const STRIP_HEIGHT = 4
const AXIS_HEIGHT = 28
const GUTTER = { left: 56, right: 48 }
/** Within this distance, px, the pointer highlights a line. */
const NEAR_LINE = 16
const HIGHLIGHTED = 2
const OTHERS = 0.35
const AREA = 0.08

export type LineLook = Pick<ChartSeries, 'key' | 'axis' | 'style' | 'colour' | 'dash'>

/** All that makes a chart be built anew: no data is in it. */
export interface PlotLook {
  readonly lines: readonly LineLook[]
  readonly left: MetricUnit
  /** Unit of the right axis; null = no such axis. */
  readonly right: MetricUnit | null
  readonly zone: Zone
  readonly colours: ThemeColours
}

/** Read at every drawing. */
export interface PlotLive {
  readonly levels: () => readonly LevelLine[]
  /** Slots that were missed, as spans of Unix seconds. */
  readonly silent: () => readonly { readonly from: number; readonly to: number; readonly all: boolean }[]
}

export interface PlotEvents {
  /** Slot under the crosshair; null when it has left. */
  readonly onCursor: (plot: uPlot, slot: number | null) => void
  readonly onSelect: (plot: uPlot) => void
  readonly onFocus: (line: number | null) => void
  readonly bind: uPlot.Cursor.Bind
}

/** Charts of one page that share a crosshair. */
const SYNC_KEY = 'monitor'

export function plotOptions(
  look: PlotLook,
  live: PlotLive,
  events: PlotEvents,
): Omit<uPlot.Options, 'width' | 'height'> {
  return {
    legend: { show: false },
    // the right gutter is kept free for the last label of the time axis
    padding: [10, look.right === null ? 14 : 0, 0, 0],
    ...(look.zone === 'UTC' && { tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC') }),
    series: [{}, ...look.lines.map((line) => seriesOptions(line, look.colours))],
    scales: {
      x: { time: true },
      left: { range: growingRange('left', look.left, live) },
      ...(look.right !== null && { right: { range: growingRange('right', look.right, live) } }),
    },
    axes: axesOptions(look),
    focus: { alpha: OTHERS },
    cursor: cursorOptions(events.bind),
    hooks: {
      setCursor: [
        (plot) => events.onCursor(plot, (plot.cursor.left ?? -1) < 0 ? null : (plot.cursor.idx ?? null)),
      ],
      setSelect: [events.onSelect],
      setSeries: [
        (plot, line, change) => {
          if (!('focus' in change)) return
          for (const [index, series] of plot.series.entries()) series.width = index === line ? HIGHLIGHTED : 1
          events.onFocus(line)
        },
      ],
      drawAxes: [(plot) => drawLines(plot, live.levels(), look.colours)],
      draw: [
        (plot) => drawLabels(plot, live.levels(), look.colours),
        (plot) => drawStrip(plot, live.silent(), STRIP_HEIGHT, look.colours),
      ],
    },
  }
}

function seriesOptions({ axis, style, colour, dash }: LineLook, colours: ThemeColours): uPlot.Series {
  const stroke = colours.series[colour]
  return {
    scale: axis,
    stroke,
    width: 1, // thicker and fractional strokes cost three times the paint time in software rendering
    dash: [...(DASHES[dash % DASHES.length] ?? [])],
    spanGaps: false,
    ...(style === 'area' && { fill: faded(stroke, AREA) }),
    points: {
      show: false,
      filter: (plot, line) => singleSamples([...(plot.data[line] ?? [])]),
      size: 5,
      fill: stroke,
    },
  }
}

/** One for each scale of one chart: remembers how far it had grown. */
function growingRange(axis: 'left' | 'right', unit: MetricUnit, live: PlotLive): uPlot.Range.Function {
  let top: number | undefined
  return (_plot, _min, max) => {
    const lines = live.levels().filter((line) => line.axis === axis)
    // typed as a number, but null when there is no sample at all
    top = nextTop(top, Number.isFinite(max) ? max : null, lines, unit)
    return [0, top]
  }
}

function axesOptions({ left, right, zone, colours }: PlotLook): uPlot.Axis[] {
  const style = { stroke: colours.faint, font: `11px ${colours.font}`, ticks: { show: false } }
  const values = (unit: MetricUnit): Pick<uPlot.Axis, 'values' | 'incrs'> => {
    const incrs = tickSteps(unit)
    return { values: (_plot, ticks) => formatTicks(unit, ticks), ...(incrs && { incrs }) }
  }
  const grid = { stroke: colours.grid, width: 1 }
  return [
    {
      ...style,
      grid,
      size: AXIS_HEIGHT,
      gap: 10,
      space: 76,
      values: (_plot, ticks, _axis, _space, step) =>
        formatTimeTicks(
          ticks.map((seconds) => seconds * 1_000),
          step * 1_000,
          zone,
        ),
    },
    { ...style, ...values(left), grid, scale: 'left', side: 3, size: GUTTER.left, gap: 6, space: 34 },
    ...(right === null
      ? []
      : [
          {
            ...style,
            ...values(right),
            grid: { show: false },
            scale: 'right',
            side: 1 as const,
            size: GUTTER.right,
            gap: 6,
            space: 34,
          },
        ]),
  ]
}

function cursorOptions(bind: uPlot.Cursor.Bind): uPlot.Cursor {
  const isMove = (type: string) => type === 'mousemove' || type === 'mouseleave'
  return {
    y: false,
    points: { size: 6, width: 0 },
    focus: {
      prox: NEAR_LINE,
      // the crosshair of another chart says nothing about the lines of this one
      dist: (plot, _line, _slot, line, pointer) =>
        plot.over.matches(':hover') ? Math.abs(line - pointer) : Number.POSITIVE_INFINITY,
    },
    drag: { x: true, y: false, setScale: false, dist: 4 },
    // time is shared; which line is highlighted, and what is being selected, is each chart's own
    sync: { key: SYNC_KEY, setSeries: false, scales: ['x', null], filters: { pub: isMove } },
    bind,
  }
}
