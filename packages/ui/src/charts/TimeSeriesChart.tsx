import type { Zone } from '@etcdmonitor/core/format/zoned-time'
import type { MetricUnit } from '@etcdmonitor/core/metrics/catalogue'
import { createEffect, createMemo, createSignal, type JSX, on, Show } from 'solid-js'
import { createElementSize } from '../primitives/create-element-size.ts'
import { createUPlot, type Size } from '../primitives/create-uplot.ts'
import type { ChartColumns, LevelLine } from './chart-columns.ts'
import { createZoomDrag } from './create-zoom-drag.ts'
import { toPlotData } from './plot-data.ts'
import type { DrawLanes } from './plot-lanes.ts'
import { type LineLook, plotOptions } from './plot-options.ts'
import type { ThemeColours } from './theme-colours.ts'
import './TimeSeriesChart.css'

/** Where the crosshair is: `left` px from the left edge of the plot, whose width is `width`. */
export interface CursorSpot {
  readonly slot: number
  readonly left: number
  readonly width: number
  /** False when the pointer is over another chart. */
  readonly isOwn: boolean
}

export interface TimeSeriesChartProps {
  /** False: nobody has looked yet, only its place is kept. */
  readonly isShown: boolean
  /** Says in words what is drawn: the canvas cannot be read. */
  readonly label: string
  readonly columns: ChartColumns
  readonly levels: readonly LevelLine[]
  readonly left: MetricUnit
  readonly right: MetricUnit | null
  readonly y: readonly [number, number] | null
  /** Paints states in lanes, instead of lines over an axis. */
  readonly lanes: DrawLanes | undefined
  readonly zone: Zone
  readonly colours: ThemeColours
  /** Keys of the series that are switched off. */
  readonly hidden: ReadonlySet<string>
  /** Key of the series that its legend row points at. */
  readonly highlighted: string | undefined
  readonly onCursor: (spot: CursorSpot | undefined) => void
  /** Key of the series near the pointer. */
  readonly onFocus: (key: string | undefined) => void
  /** Unix ms. */
  readonly onZoom: (from: number, to: number) => void
  readonly onReset: () => void
  /** Drawn over the plot: the tooltip. */
  readonly children?: JSX.Element
}

/** Lines over time. Its height is that of its style sheet: a host that follows its content would grow without end. */
export function TimeSeriesChart(props: TimeSeriesChartProps) {
  const [host, setHost] = createSignal<HTMLElement>()
  const size = createElementSize(host)
  return (
    <figure class="time-series-chart" ref={setHost} aria-label={props.label}>
      <Show when={props.isShown && size().width > 0}>
        <Plot {...props} size={size()} />
      </Show>
      {props.children}
    </figure>
  )
}

function Plot(props: TimeSeriesChartProps & { readonly size: Size }) {
  const zoom = createZoomDrag({
    onZoom: (from, to) => props.onZoom(from, to),
    onReset: () => props.onReset(),
  })
  // a picture that changes under a drag would move what is being selected
  const columns = createMemo<ChartColumns>((before) => (zoom.isDragging() && before ? before : props.columns))
  const looks = createMemo<readonly LineLook[]>(() => columns().series.map(toLook), [], { equals: sameLooks })
  const options = createMemo(() =>
    plotOptions(
      {
        lines: looks(),
        left: props.left,
        right: props.right,
        y: props.y,
        lanes: props.lanes,
        zone: props.zone,
        colours: props.colours,
      },
      {
        levels: () => props.levels,
        step: () => columns().step / 1_000,
        bands: () => columns().series.map(({ band }) => band),
        silent: () => silentSpans(columns()),
      },
      {
        onCursor: (plot, slot) =>
          props.onCursor(
            slot === null
              ? undefined
              : {
                  slot,
                  left: plot.cursor.left ?? 0,
                  width: plot.over.clientWidth,
                  isOwn: plot.over.matches(':hover'),
                },
          ),
        onFocus: (line) => props.onFocus(line === null ? undefined : looks()[line - 1]?.key),
        onSelect: zoom.onSelect,
        bind: zoom.bind,
      },
    ),
  )
  const host = (<div class="time-series-chart-canvas" aria-hidden="true" />) as HTMLDivElement // a native element's JSX
  const plot = createUPlot(() => host, {
    options,
    data: createMemo(() => toPlotData(columns())),
    size: () => props.size,
  })

  createEffect(() => {
    const hidden = props.hidden
    for (const [index, { key }] of looks().entries()) {
      const series = plot()?.series[index + 1]
      if (series && series.show === hidden.has(key)) plot()?.setSeries(index + 1, { show: !hidden.has(key) })
    }
  })
  createEffect(
    on(
      [() => props.highlighted, () => props.hidden],
      ([key]) => {
        // a line that is switched off stands out from nothing
        const isShown = key !== undefined && !props.hidden.has(key)
        const index = isShown ? looks().findIndex((look) => look.key === key) : -1
        plot()?.setSeries(index < 0 ? null : index + 1, { focus: true })
      },
      { defer: true },
    ),
  )
  return host
}

const toLook = ({ key, name, axis, style, colour, dash }: LineLook): LineLook => ({
  key,
  name,
  axis,
  style,
  colour,
  dash,
})

function sameLooks(some: readonly LineLook[], others: readonly LineLook[]): boolean {
  const same = (one: LineLook, other: LineLook | undefined) =>
    one.key === other?.key &&
    one.name === other.name &&
    one.axis === other.axis &&
    one.style === other.style &&
    one.colour === other.colour &&
    one.dash === other.dash
  return some.length === others.length && some.every((one, index) => same(one, others[index]))
}

const silentSpans = ({ silent, times, step }: ChartColumns) =>
  silent.flatMap(({ index, all }) => {
    const at = times[index]
    return at === undefined ? [] : [{ from: at / 1_000, to: (at + step) / 1_000, all }]
  })
