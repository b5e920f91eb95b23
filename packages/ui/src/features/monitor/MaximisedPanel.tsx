import { FURTHER_PANELS } from '@etcdmonitor/core/metrics/further-panels'
import { PANELS } from '@etcdmonitor/core/metrics/panels'
import { createEffect, onCleanup, Show } from 'solid-js'
import { ChartPanel } from '../panels/ChartPanel.tsx'
import type { MonitorState } from './monitor-state.ts'

/** One panel instead of all; Esc gives the page back. A panel that is not known (of another release) does so at once. */
export function MaximisedPanel(props: { readonly id: string; readonly state: MonitorState }) {
  const panel = () => [...PANELS, ...FURTHER_PANELS].find(({ id }) => id === props.id)
  let place: HTMLDivElement | undefined
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || document.querySelector('dialog[open]')) return
    // a drag or an open layer takes its Esc, whichever of us listens first
    setTimeout(() => {
      if (!event.defaultPrevented) props.state.maximise(undefined)
    })
  }
  document.addEventListener('keydown', onKey)
  onCleanup(() => document.removeEventListener('keydown', onKey))
  createEffect(() => {
    if (panel()) place?.querySelector('button')?.focus({ preventScroll: true })
    else props.state.maximise(undefined, { replace: true })
  })
  const opener = props.id
  onCleanup(() =>
    // once its section is no longer inert
    queueMicrotask(() =>
      document.querySelector<HTMLElement>(`[data-panel="${opener}"] .panel-button`)?.focus(),
    ),
  )
  return (
    <div class="monitor-maximised" ref={(element) => (place = element)}>
      <Show when={panel()}>{(known) => <ChartPanel panel={known()} state={props.state} isMaximised />}</Show>
    </div>
  )
}
