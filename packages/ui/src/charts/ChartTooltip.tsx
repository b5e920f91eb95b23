import { formatExact } from '@etcdmonitor/core/format/format-value'
import { createRenderEffect, For, Show } from 'solid-js'
import { Icon } from '../components/Icon.tsx'
import { Swatch } from '../components/Swatch.tsx'
import { useMessages } from '../i18n/messages-context.ts'
import { type ChartColumns, DASHES } from './chart-columns.ts'
import type { CursorSpot } from './TimeSeriesChart.tsx'
import { tooltipRows } from './tooltip-rows.ts'
import './ChartTooltip.css'

export interface ChartTooltipProps {
  readonly columns: ChartColumns
  readonly spot: CursorSpot
  /** Of the slot, with zone. */
  readonly time: string
  readonly hidden: ReadonlySet<string>
  readonly highlighted: string | undefined
}

/** The values of one slot, beside the crosshair on the side that has more room. */
export function ChartTooltip(props: ChartTooltipProps) {
  const { tooltip } = useMessages()
  const rows = () => tooltipRows(props.columns.series, props.spot.slot, props.hidden, props.highlighted)
  const silent = () => props.columns.silent.find(({ index }) => index === props.spot.slot)
  /** The crosshair stands on the slot that is nearest. */
  const marks = () => {
    const at = props.columns.times[props.spot.slot] ?? 0
    return props.columns.marks.filter((mark) => Math.abs(mark.at - at) <= props.columns.step / 2)
  }
  const isOpen = () => (props.columns.times[props.spot.slot] ?? 0) + props.columns.step > props.columns.to
  return (
    <div
      class="chart-tooltip"
      aria-hidden="true"
      data-side={props.spot.left > props.spot.width / 2 ? 'left' : 'right'}
      ref={(element) => place(element, () => props.spot.left)}
    >
      <p class="chart-tooltip-time">
        {props.time}
        <Show when={isOpen()}>, {tooltip.soFar}</Show>
      </p>
      <table>
        <tbody>
          <For each={rows()}>
            {({ series, value }) => (
              <tr data-highlighted={series.key === props.highlighted ? '' : undefined}>
                <td>
                  <Swatch colour={series.colour} dash={DASHES[series.dash % DASHES.length] ?? []} />
                </td>
                <td>
                  <bdi>{series.name}</bdi>
                </td>
                <td class="chart-tooltip-value">
                  {value === null ? tooltip.noData : formatExact(series.unit, value)}
                </td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
      <For each={marks()}>
        {({ icon, text }) => (
          <p class="chart-tooltip-mark">
            <Icon name={icon} />
            <bdi>{text}</bdi>
          </p>
        )}
      </For>
      <Show when={silent()}>
        {(slot) => <p class="chart-tooltip-silent">{tooltip.notScraped(slot().names.join(', '))}</p>}
      </Show>
    </div>
  )
}

/** A computed place goes through a custom property: a style attribute in the markup is refused by the page's policy. */
function place(element: HTMLElement, left: () => number): void {
  createRenderEffect(() => element.style.setProperty('--cursor', `${left()}px`))
}
