import { createEffect, createMemo, createSignal, For, on, Show } from 'solid-js'
import { useKeysMessages } from '../../i18n/keys-messages-context.ts'
import type { ByteHistory, ByteStep } from './byte-history.ts'
import { createLineWindow, LINE_HEIGHT } from './create-line-window.ts'
import { hexLine, hexLineCount, hexOffset, hexPair } from './hex-lines.ts'
import { moveInHex, withDigit } from './move-in-hex.ts'
import './HexView.css'

export interface HexViewProps {
  /** Accessible name. */
  readonly label: string
  readonly bytes: Uint8Array
  /** The byte that is selected at first. */
  readonly startsAt?: number | undefined
  /** What can be undone, also of what was done elsewhere. */
  readonly history: ByteHistory
  /** Two digits overwrite a byte; absent: nothing is changed here. */
  readonly onChange?: ((bytes: Uint8Array) => void) | undefined
  readonly onCursor?: (at: number) => void
}

/** Sixteen bytes with their characters do not fit into less, px. */
const NARROW = 620

/** A value as bytes. Its length stays: what is typed overwrites. */
export function HexView(props: HexViewProps) {
  const { value } = useKeysMessages()
  const [at, setAt] = createSignal(0)
  const [isSecond, setSecond] = createSignal(false)
  const view = createLineWindow((place) => hexLineCount(props.bytes, widthFor(place)))
  const width = createMemo(() => widthFor(view.width()))
  const go = (to: number) => {
    setAt(to)
    setSecond(false)
    view.reveal(Math.floor(to / width()))
    props.onCursor?.(to)
  }
  // once there is a place: before, nothing is in view
  const isPlaced = createMemo(() => view.width() > 0)
  createEffect(
    on([isPlaced, () => props.startsAt], ([isThere, start]) => {
      if (isThere && start !== undefined) go(Math.min(start, Math.max(0, props.bytes.length - 1)))
    }),
  )
  createEffect(() => props.history.see(props.bytes))
  const step = (to: ByteStep | undefined) => {
    if (!to) return
    props.onChange?.(to.bytes)
    go(to.at)
  }
  const overwrite = (digit: string) => {
    const next = Uint8Array.from(props.bytes)
    next[at()] = withDigit(next[at()] ?? 0, digit, isSecond())
    props.onChange?.(next)
    if (!isSecond()) setSecond(true)
    else if (at() < next.length - 1) go(at() + 1)
    else setSecond(false)
  }
  const press = (event: KeyboardEvent) => {
    const target = moveInHex(event, { at: at(), length: props.bytes.length, width: width() })
    const isPlain = !(event.ctrlKey || event.metaKey || event.altKey)
    if (target !== undefined) go(target)
    else if (isUndo(event) && props.onChange) step(props.history.undo())
    else if (isRedo(event) && props.onChange) step(props.history.redo())
    else if (isPlain && props.onChange && props.bytes.length > 0 && /^[0-9a-f]$/i.test(event.key))
      overwrite(event.key)
    else return
    event.preventDefault()
  }
  return (
    <div
      ref={view.setBox}
      class="hex-view"
      data-width={width()}
      role="slider"
      aria-label={props.label}
      aria-readonly={props.onChange === undefined}
      aria-valuemin="0"
      aria-valuemax={Math.max(0, props.bytes.length - 1)}
      aria-valuenow={at()}
      aria-valuetext={value.byteAt(
        hexOffset(at()),
        props.bytes.length === 0 ? '' : hexPair(props.bytes[at()] ?? 0),
      )}
      title={props.onChange && value.overwrites}
      tabIndex="0"
      translate="no"
      onKeyDown={press}
      onScroll={view.onScroll}
    >
      <Show when={props.bytes.length === 0}>
        <p class="hex-view-empty">{value.noBytes}</p>
      </Show>
      <div
        class="hex-view-space"
        aria-hidden="true"
        style={{ height: `${hexLineCount(props.bytes, width()) * LINE_HEIGHT}px` }}
      >
        <For each={view.lines()}>
          {(number) => {
            const line = () => hexLine(props.bytes, number, width())
            return (
              <div class="hex-line" style={{ transform: `translateY(${number * LINE_HEIGHT}px)` }}>
                <span class="hex-line-offset">{line().offset}</span>
                <span class="hex-line-bytes">
                  <For each={line().pairs}>
                    {(pair, index) => {
                      const byte = () => number * width() + index()
                      return (
                        <span
                          data-selected={byte() === at() ? '' : undefined}
                          data-half={byte() === at() && isSecond() ? '' : undefined}
                          onPointerDown={() => go(byte())}
                        >
                          {pair}
                        </span>
                      )
                    }}
                  </For>
                </span>
                <span class="hex-line-characters">{line().characters}</span>
              </div>
            )
          }}
        </For>
      </div>
    </div>
  )
}

const isUndo = (event: KeyboardEvent) => isPressed(event, 'z') && !event.shiftKey
const isRedo = (event: KeyboardEvent) =>
  (isPressed(event, 'z') && event.shiftKey) || (isPressed(event, 'y') && !event.shiftKey)
const isPressed = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent, letter: string) =>
  key.toLowerCase() === letter && (ctrlKey || metaKey) && !altKey

const widthFor = (place: number): number => (place > 0 && place < NARROW ? 8 : 16)
