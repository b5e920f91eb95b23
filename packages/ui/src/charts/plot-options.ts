import { formatTicks, tickSteps } from '@etcdmonitor/core/format/format-ticks'
import { formatTimeTicks } from '@etcdmonitor/core/format/format-time'
import type { Zone } from '@etcdmonitor/core/format/zoned-time'
import type { MetricUnit } from '@etcdmonitor/core/metrics/catalogue'
import type { SeriesAxis, SeriesStyle } from '@etcdmonitor/core/metrics/panels'
import uPlot from 'uplot'
import { type ChartSeries, DASHES, type LevelLine, type SeriesBand } from './chart-columns.ts'
import { drawBands, type PlotBand, topOfBands } from './plot-bands.ts'
import { singleSamples } from './plot-data.ts'
import { drawLabels, drawLines, drawStrip } from './plot-drawing.ts'
import type { DrawLanes } from './plot-lanes.ts'
import { barsPath, noPath, steppedPath } from './plot-paths.ts'
import { faded, type ThemeColours } from './theme-colours.ts'
import { TIME_LABEL_WIDTH, TIME_STEPS } from './time-steps.ts'
import { isFloating, nextSpan, nextTop } from './y-range.ts'

/** Heights of what is under the plot, CSS px: the strip of missed scrapes and the time axis. */
const STRIP_HEIGHT = 4
const AXIS_HEIGHT = 28
const GUTTER = { left: 60, right: 56 } // 384 KiB/s, 48 MiB/h
/** Within this distance, px, the pointer highlights a line. */
const NEAR_LINE = 16
const HIGHLIGHTED = 2
const OTHERS = 0.35
const AREA = 0.08
const BARS = 0.75
/** Of bars on a scale of their own: beside lines they are the ground. */
const BEHIND = 0.3
/** What a dashed style is, whatever its place (ui.md 15.4). */
const DASHED = [1, 3]
const POINT = 4

export type LineLook = Pick<ChartSeries, 'key' | 'name' | 'axis' | 'style' | 'colour' | 'dash'>

/** All that makes a chart be built anew: no data is in it. */
export interface PlotLook {
  readonly lines: readonly LineLook[]
  readonly left: MetricUnit
  /** Unit of the right axis; null = no such axis. */
  readonly right: MetricUnit | null
  /** Fixed ends of the left axis. */
  readonly y: readonly [number, number] | null
  /** Lanes of states instead of lines. */
  readonly lanes: DrawLanes | undefined
  readonly zone: Zone
  readonly colours: ThemeColours
}

/** Read at every drawing. */
export interface PlotLive {
  readonly levels: () => readonly LevelLine[]
  /** Length of a slot, seconds. */
  readonly step: () => number
  /** In the order of the lines. */
  readonly bands: () => readonly (SeriesBand | undefined)[]
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
  const { lines, colours } = look
  const bars = lines.filter(({ style }) => style === 'bars')
  let highlighted: number | null = null
  const bands = (): PlotBand[] =>
    live.bands().map((band, index) => ({ band, colour: colours.series[lines[index]?.colour ?? 'gray'] }))
  const lanes = lines.map(({ name, colour }) => ({ name, colour: colours.series[colour] }))
  return {
    legend: { show: false },
    // the right gutter is kept free for the last label of the time axis
    padding: [10, look.right === null ? 14 : 0, 0, 0],
    ...(look.zone === 'UTC' && { tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC') }),
    series: [
      {},
      ...lines.map((line) => ({
        ...seriesOptions(line, colours),
        ...pathOf(line.style, look.lanes !== undefined, () =>
          barsPath(bars.indexOf(line), bars.length, live.step),
        ),
      })),
    ],
    scales: {
      x: { time: true },
      left: { range: look.y ? [...look.y] : growingRange('left', look.left, live) },
      ...(look.right !== null && { right: { range: growingRange('right', look.right, live) } }),
      ...(lines.some(({ axis }) => axis === 'own') && { own: { range: growingRange('own', 'count', live) } }),
    },
    axes: axesOptions(look),
    focus: { alpha: OTHERS },
    cursor: cursorOptions(events.bind, look.lanes !== undefined),
    hooks: {
      setCursor: [
        (plot) => events.onCursor(plot, (plot.cursor.left ?? -1) < 0 ? null : (plot.cursor.idx ?? null)),
      ],
      setSelect: [events.onSelect],
      setSeries: [
        (plot, line, change) => {
          if (!('focus' in change)) return
          for (const [index, series] of plot.series.entries()) series.width = index === line ? HIGHLIGHTED : 1
          highlighted = line
          events.onFocus(line)
        },
      ],
      drawAxes: [
        (plot) => drawLines(plot, live.levels(), look.colours),
        (plot) => drawBands(plot, bands(), highlighted),
      ],
      draw: [
        (plot) => {
          look.lanes?.(plot, lanes, live.step(), colours)
        },
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
    dash: style === 'dashed' ? DASHED : [...(DASHES[dash % DASHES.length] ?? [])],
    spanGaps: false,
    ...(style === 'area' && { fill: faded(stroke, AREA) }),
    ...(style === 'bars' && { fill: faded(stroke, axis === 'own' ? BEHIND : BARS) }),
    points:
      style === 'points'
        ? { show: true, size: POINT, width: 0, fill: stroke }
        : {
            show: false,
            filter: (plot, line) => singleSamples(plot.data[line] ?? []),
            size: 5,
            fill: stroke,
          },
  }
}

/** How the samples of a series are joined; straight lines are uPlot's own. */
function pathOf(
  style: SeriesStyle,
  isLane: boolean,
  bars: () => uPlot.Series.PathBuilder,
): Pick<uPlot.Series, 'paths' | 'points'> {
  if (isLane) return { paths: noPath, points: { show: false, filter: () => [] } }
  if (style === 'points') return { paths: noPath }
  if (style === 'bars') return { paths: bars(), points: { show: false, filter: () => [] } }
  const stepped = style === 'step' ? steppedPath() : undefined
  return stepped ? { paths: stepped } : {}
}

/** One for each scale of one chart: remembers how far it had grown. */
function growingRange(axis: SeriesAxis, unit: MetricUnit, live: PlotLive): uPlot.Range.Function {
  let top: number | undefined
  let span: readonly [number, number] | undefined
  // typed as a number, but null when there is no sample at all
  const known = (value: number) => (Number.isFinite(value) ? value : null)
  return (plot, min, max) => {
    if (isFloating(unit)) {
      span = nextSpan(span, known(min), known(max))
      return [...span]
    }
    const lines = live.levels().filter((line) => line.axis === axis)
    const largest = known(max)
    const ofBands = topOfBands(plot, axis, live.bands())
    top = nextTop(top, largest === null ? null : Math.max(largest, ofBands), lines, unit)
    return [0, top]
  }
}

function axesOptions({ left, right, lanes, zone, colours }: PlotLook): uPlot.Axis[] {
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
      space: TIME_LABEL_WIDTH,
      incrs: TIME_STEPS,
      values: (_plot, ticks, _axis, _space, step) =>
        formatTimeTicks(
          ticks.map((seconds) => seconds * 1_000),
          step * 1_000,
          zone,
        ),
    },
    {
      ...style,
      ...(lanes ? { values: () => [] } : values(left)),
      grid: lanes ? { show: false } : grid,
      scale: 'left',
      side: 3,
      size: GUTTER.left,
      gap: 6,
      space: 34,
    },
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

function cursorOptions(bind: uPlot.Cursor.Bind, isLanes: boolean): uPlot.Cursor {
  const isMove = (type: string) => type === 'mousemove' || type === 'mouseleave'
  return {
    y: false,
    points: { size: 6, width: 0, ...(isLanes && { show: false }) },
    focus: {
      prox: NEAR_LINE,
      // the crosshair of another chart says nothing about the lines of this one
      dist: (plot, _line, _slot, line, pointer) =>
        !isLanes && plot.over.matches(':hover') ? Math.abs(line - pointer) : Number.POSITIVE_INFINITY,
    },
    drag: { x: true, y: false, setScale: false, dist: 4 },
    // time is shared; which line is highlighted, and what is being selected, is each chart's own
    sync: { key: SYNC_KEY, setSeries: false, scales: ['x', null], filters: { pub: isMove } },
    bind,
  }
}
