import { toText } from '@etcdmonitor/core/keys/show-key'
import { createSignal, For, Show } from 'solid-js'
import { Button } from '../../components/Button.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { hexLineCount, hexLines } from './hex-lines.ts'

/** Lines that are put into the document at once. */
const HEX_PAGE = 512

/** A value as it is stored: its text, or its bytes where they are no UTF-8. Not for changes. */
export function ValueView(props: { readonly bytes: Uint8Array; readonly asHex?: boolean }) {
  const text = () => (props.asHex ? undefined : toText(props.bytes))
  return (
    <Show when={text() !== undefined} fallback={<HexView bytes={props.bytes} />}>
      <pre class="value-view-text" tabindex="0">
        {text()}
      </pre>
    </Show>
  )
}

function HexView(props: { readonly bytes: Uint8Array }) {
  const { keys } = useMessages()
  const [shown, setShown] = createSignal(HEX_PAGE)
  const rest = () => hexLineCount(props.bytes) - shown()
  return (
    <section class="value-view-hex" aria-label={keys.hex} tabindex="0">
      <For each={hexLines(props.bytes, 0, shown())}>
        {(line) => (
          <div class="value-view-line">
            <span>{line.offset}</span>
            <span>{line.pairs}</span>
            <span>{line.characters}</span>
          </div>
        )}
      </For>
      <Show when={rest() > 0}>
        <Button onClick={() => setShown((now) => now + HEX_PAGE)}>{keys.moreLines(rest())}</Button>
      </Show>
    </section>
  )
}
