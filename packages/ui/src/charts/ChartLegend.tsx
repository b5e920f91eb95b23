import { formatAge } from '@etcdmonitor/core/format/format-age'
import { formatValue } from '@etcdmonitor/core/format/format-value'
import { For, Show } from 'solid-js'
import { Icon } from '../components/Icon.tsx'
import { Swatch } from '../components/Swatch.tsx'
import { useMessages } from '../i18n/messages-context.ts'
import { type ChartSeries, DASHES } from './chart-columns.ts'
import './ChartLegend.css'

export interface ChartLegendProps {
  /** Of the panel. */
  readonly title: string
  readonly series: readonly ChartSeries[]
  /** Slot under the crosshair, and its time; undefined: the newest values are shown. */
  readonly cursor: { readonly slot: number; readonly time: string } | undefined
  /** The window ends now: the newest values are those of now. */
  readonly isLive: boolean
  /** There is an answer: a series without values has none. */
  readonly isLoaded: boolean
  /** ms, when extremes and newest values of the window are those of parts longer than a scrape's interval. */
  readonly part: number | undefined
  readonly formatTime: (at: number) => string
  readonly hidden: ReadonlySet<string>
  readonly highlighted: string | undefined
  /** A click; `isSolo` with Ctrl, Cmd or Alt: only this one. */
  readonly onToggle: (key: string, isSolo: boolean) => void
  readonly onHighlight: (key: string | undefined) => void
}

/** Every line of a chart with its numbers, which are the server's for the whole window, not those of the slots drawn. */
export function ChartLegend(props: ChartLegendProps) {
  const { legend } = useMessages()
  const newest = () => (props.isLive ? legend.now : legend.last)
  const isCounted = () => props.series.every(({ isCount }) => isCount)
  return (
    <div
      class="chart-legend"
      data-wide={props.series.some(({ unit }) => unit === 'bytes_per_second') ? '' : undefined}
      data-counted={isCounted() ? '' : undefined}
    >
      <table>
        <caption class="visually-hidden">{legend.caption(props.title)}</caption>
        <thead>
          <tr>
            <th scope="col">
              <span class="visually-hidden">{legend.name}</span>
            </th>
            <th scope="col" class="chart-legend-now">
              {props.cursor?.time ?? newest()}
            </th>
            <th scope="col" class="chart-legend-min">
              {legend.min}
            </th>
            <th scope="col" class="chart-legend-avg">
              {isCounted() ? legend.total : legend.avg}
            </th>
            <th scope="col">{legend.max}</th>
          </tr>
        </thead>
        <tbody>
          <For each={props.series.map(({ key }) => key)}>
            {(key) => <LegendRow {...props} seriesKey={key} />}
          </For>
        </tbody>
      </table>
      <Show when={props.part}>
        {(part) => <p class="chart-legend-part">{legend.coarse(newest(), formatAge(part()))}</p>}
      </Show>
    </div>
  )
}

/** Kept while its series lives, so that a refresh does not take the focus away from its button. */
function LegendRow(props: ChartLegendProps & { readonly seriesKey: string }) {
  const { legend } = useMessages()
  const series = () => props.series.find(({ key }) => key === props.seriesKey)
  const isHidden = () => props.hidden.has(props.seriesKey)
  return (
    <Show when={series()}>
      {(one) => {
        const show = (value: number | null | undefined) => formatValue(one().unit, value)
        const now = () => (props.cursor ? one().values[props.cursor.slot] : one().stats.last)
        // among averages a total says what it is
        const average = () => {
          const isAlone = one().isCount && props.series.some(({ isCount }) => !isCount)
          return isAlone ? legend.totalOf(show(one().stats.avg)) : show(one().stats.avg)
        }
        const isEmpty = () =>
          props.isLoaded && one().stats.last === null && one().values.every((value) => value === null)
        return (
          <tr
            data-hidden={isHidden() ? '' : undefined}
            data-highlighted={props.highlighted === props.seriesKey ? '' : undefined}
            onMouseEnter={() => props.onHighlight(props.seriesKey)}
            onMouseLeave={() => props.onHighlight(undefined)}
          >
            <th scope="row">
              <button
                type="button"
                aria-pressed={!isHidden()}
                onClick={(event) =>
                  props.onToggle(props.seriesKey, event.ctrlKey || event.metaKey || event.altKey)
                }
                onFocus={() => props.onHighlight(props.seriesKey)}
                onBlur={() => props.onHighlight(undefined)}
              >
                <Swatch colour={one().colour} dash={DASHES[one().dash % DASHES.length] ?? []} />
                <bdi class="chart-legend-name">{one().name}</bdi>
                <Show when={one().staleSince}>
                  {(since) => (
                    <span class="chart-legend-note chart-legend-stale">
                      <Icon name="stale" />
                      <span>{legend.lastAt(props.formatTime(since()))}</span>
                    </span>
                  )}
                </Show>
                <Show when={one().note || (isEmpty() && legend.noData)}>
                  {(note) => <span class="chart-legend-note">{note()}</span>}
                </Show>
              </button>
            </th>
            <td class="chart-legend-now" data-stale={one().staleSince && !props.cursor ? '' : undefined}>
              {show(now())}
            </td>
            <td class="chart-legend-min">{show(one().stats.min)}</td>
            <td class="chart-legend-avg">{average()}</td>
            <td>{show(one().stats.max)}</td>
          </tr>
        )
      }}
    </Show>
  )
}
