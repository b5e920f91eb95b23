import { A } from '@solidjs/router'
import { createMemo, createRenderEffect, For, Index, Show } from 'solid-js'
import { Icon } from '../components/Icon.tsx'
import type { ChartColumns } from './chart-columns.ts'
import { groupMarks, type MarkGroup } from './group-marks.ts'
import './ChartMarks.css'

export interface ChartMarksProps {
  readonly columns: ChartColumns
  /** The plot ends before a right axis. */
  readonly hasRight: boolean
  readonly formatTime: (at: number) => string
}

/** Vertical lines over a plot where something happened, with an icon at its upper edge that says what. */
export function ChartMarks(props: ChartMarksProps) {
  const groups = createMemo(() => groupMarks(props.columns))
  return (
    <div class="chart-marks" data-right={props.hasRight ? '' : undefined}>
      <Index each={groups()}>{(group) => <Mark group={group()} formatTime={props.formatTime} />}</Index>
    </div>
  )
}

function Mark(props: { readonly group: MarkGroup; readonly formatTime: (at: number) => string }) {
  const content = () => (
    <>
      <Icon name={props.group.marks.at(-1)?.icon ?? 'dot'} />
      <span class="chart-mark-text" data-side={props.group.place > 0.5 ? 'left' : 'right'}>
        <For each={props.group.marks}>
          {(mark) => (
            <span>
              {props.formatTime(mark.at)} <bdi>{mark.text}</bdi>
            </span>
          )}
        </For>
      </span>
    </>
  )
  const href = () => props.group.marks.findLast((mark) => mark.href)?.href
  return (
    <>
      <For each={props.group.lines}>
        {(place) => <span class="chart-mark-line" ref={(element) => put(element, () => place)} />}
      </For>
      <span class="chart-mark" ref={(element) => put(element, () => props.group.place)}>
        <Show when={href()} fallback={content()}>
          {/* every chart has it: the way there by keyboard is the list of runs */}
          {(to) => (
            <A href={to()} tabindex="-1">
              {content()}
            </A>
          )}
        </Show>
      </span>
    </>
  )
}

/** By a custom property: a style attribute in the markup is refused by the page's policy. */
function put(element: HTMLElement, place: () => number): void {
  createRenderEffect(() => element.style.setProperty('--place', String(place())))
}
