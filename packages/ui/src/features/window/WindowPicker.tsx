import { formatInstant, formatWindow, formatZone } from '@etcdmonitor/core/format/format-time'
import { printWallTime } from '@etcdmonitor/core/format/wall-instants'
import { formatOffset } from '@etcdmonitor/core/format/zoned-time'
import { createMemo, createSignal, For, onCleanup, Show } from 'solid-js'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { PRESETS } from '../../url/monitor-url.ts'
import type { MonitorState } from '../monitor/monitor-state.ts'
import { spanOf } from '../range/window-data.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { useReader } from '../shell/reader-context.ts'
import { rangeText, shortRange } from './toolbar-options.ts'
import { judgeTypedWindow, type TypedEnd } from './typed-window.ts'
import './WindowPicker.css'

/** The window that is shown, and under it every way to choose another one. */
export function WindowPicker(props: { readonly state: MonitorState }) {
  const messages = useMessages()
  const { picker } = messages
  const { zone } = useReader()
  const [isOpen, setOpen] = createSignal(false)
  let root: HTMLDivElement | undefined
  let opener: HTMLButtonElement | undefined
  const close = () => {
    setOpen(false)
    opener?.focus()
  }
  const onPointer = (event: PointerEvent) => {
    if (event.target instanceof Node && !root?.contains(event.target)) setOpen(false)
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !isOpen()) return
    event.preventDefault() // taken: it restores no panel
    close()
  }
  document.addEventListener('keydown', onKey)
  onCleanup(() => document.removeEventListener('keydown', onKey))
  document.addEventListener('pointerdown', onPointer)
  onCleanup(() => document.removeEventListener('pointerdown', onPointer))
  const text = () => {
    const { window } = props.state.view()
    if (window.kind === 'last') return rangeText(window.range, messages)
    const shown = formatWindow(window.start * 1_000, window.end * 1_000, zone())
    return zone() === 'UTC' ? `${shown} (UTC)` : shown
  }
  return (
    <div
      class="window-picker"
      ref={(element) => {
        root = element
      }}
    >
      <button
        type="button"
        class="button window-picker-button"
        data-kind="plain"
        aria-label={picker.button(text())}
        aria-expanded={isOpen()}
        ref={(element) => {
          opener = element
        }}
        onClick={() => setOpen(!isOpen())}
      >
        {text()}
        <Icon name="down" />
      </button>
      <Show when={isOpen()}>
        <section class="window-picker-layer" aria-label={messages.monitor.window}>
          <Presets state={props.state} onChosen={close} />
          <TypedForm state={props.state} onChosen={close} />
          <History />
        </section>
      </Show>
    </div>
  )
}

interface PartProps {
  readonly state: MonitorState
  readonly onChosen: () => void
}

function Presets(props: PartProps) {
  const messages = useMessages()
  const shown = () => {
    const { window } = props.state.view()
    return window.kind === 'last' ? window.range : undefined
  }
  return (
    <fieldset class="window-picker-presets">
      <legend>{messages.picker.last}</legend>
      <For each={PRESETS}>
        {(range) => (
          <Button
            kind="quiet"
            aria-label={rangeText(range, messages)}
            aria-pressed={shown() === range}
            onClick={() => {
              props.state.showRange(range)
              props.onChosen()
            }}
          >
            {shortRange(range)}
          </Button>
        )}
      </For>
    </fieldset>
  )
}

function TypedForm(props: PartProps) {
  const { picker } = useMessages()
  const cluster = useCluster()
  const { zone } = useReader()
  const span = spanOf(props.state.view().window, cluster.readNow())
  const end = (at: number): TypedEnd => ({ text: printWallTime(at, zone()), isSecond: false })
  const [from, setFrom] = createSignal(end(span.from))
  const [to, setTo] = createSignal(end(span.to))
  const [isTried, setTried] = createSignal(false)
  const judged = createMemo(() => judgeTypedWindow(from(), to(), zone(), cluster.now()))
  const faultOf = (field: 'from' | 'to') => {
    const { fault } = judged()
    return isTried() && fault?.field === field ? picker.faults[fault.kind] : undefined
  }
  const fields = [
    { field: 'from', label: picker.from, value: from, set: setFrom },
    { field: 'to', label: picker.to, value: to, set: setTo },
  ] as const
  return (
    <form
      class="window-picker-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        const { window } = judged()
        setTried(true)
        if (!window) return
        props.state.showWindow(window)
        props.onChosen()
      }}
    >
      <For each={fields}>
        {({ field, label, value, set }) => (
          <div class="window-picker-field">
            <label for={`window-${field}`}>{label}</label>
            <input
              id={`window-${field}`}
              type="datetime-local"
              step="1"
              value={value().text}
              aria-invalid={faultOf(field) !== undefined}
              aria-describedby={`window-${field}-fault`}
              onInput={(event) => set({ text: event.currentTarget.value, isSecond: false })}
            />
            <Show when={judged().twice[field][value().isSecond ? 0 : 1]}>
              {(other) => (
                <Button kind="quiet" onClick={() => set({ text: value().text, isSecond: !value().isSecond })}>
                  {picker.shownTwice(
                    formatOffset(judged().twice[field][value().isSecond ? 1 : 0] ?? 0, zone()),
                    formatOffset(other(), zone()),
                  )}
                </Button>
              )}
            </Show>
            <span class="window-picker-fault" id={`window-${field}-fault`} role="alert">
              {faultOf(field)}
            </span>
          </div>
        )}
      </For>
      <div class="window-picker-apply">
        <span>{picker.zone(formatZone(cluster.now(), zone()))}</span>
        <Button kind="primary" type="submit">
          {picker.apply}
        </Button>
      </div>
    </form>
  )
}

/** How far back there is something to see. */
function History() {
  const { picker } = useMessages()
  const cluster = useCluster()
  const { zone } = useReader()
  const time = (seconds: number) => formatInstant(seconds * 1_000, { now: cluster.readNow(), zone: zone() })
  return (
    <Show when={cluster.status()?.history.from}>
      {(from) => {
        const single = cluster.status()?.history.single_scrapes_from ?? from()
        return <p class="window-picker-history">{picker.history(time(from()), time(single))}</p>
      }}
    </Show>
  )
}
