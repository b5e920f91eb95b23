import { createMemo, For } from 'solid-js'
import { useKeysMessages } from '../../i18n/keys-messages-context.ts'
import { createLineWindow, LINE_HEIGHT } from './create-line-window.ts'
import { createDifferences, Differences } from './Differences.tsx'
import { differentLines, hexLine, hexLineCount, hexOffset } from './hex-lines.ts'
import './HexView.css'

/** Two values side by side, byte over byte; what is not the same is marked. */
export function HexDiff(props: { readonly theirs: Uint8Array; readonly mine: Uint8Array }) {
  const { keys } = useKeysMessages()
  const longer = () => (props.theirs.length > props.mine.length ? props.theirs : props.mine)
  const view = createLineWindow((place) => hexLineCount(longer(), widthFor(place)))
  const width = createMemo(() => widthFor(view.width()))
  const places = createMemo(() => differentLines(props.theirs, props.mine, width()))
  const differences = createDifferences(
    () => places().length,
    (at) => view.reveal(places()[at] ?? 0),
  )
  const bytes = (of: Uint8Array, other: Uint8Array, line: number) => (
    <span class="hex-line-bytes">
      <For each={hexLine(of, line, width()).pairs}>
        {(pair, index) => {
          const at = line * width() + index()
          return <span data-differs={of[at] === other[at] ? undefined : ''}>{pair}</span>
        }}
      </For>
    </span>
  )
  return (
    <>
      <div class="value-diff-heads">
        <h3>{keys.conflict.theirs}</h3>
        <h3>{keys.conflict.yours}</h3>
      </div>
      <section
        ref={view.setBox}
        class="hex-diff"
        data-width={width()}
        aria-label={keys.conflict.difference}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a scroller is reached with the keyboard
        tabIndex="0"
        translate="no"
        onScroll={view.onScroll}
      >
        <div class="hex-view-space" style={{ height: `${hexLineCount(longer(), width()) * LINE_HEIGHT}px` }}>
          <For each={view.lines()}>
            {(line) => (
              <div class="hex-line" style={{ transform: `translateY(${line * LINE_HEIGHT}px)` }}>
                <span class="hex-line-offset">{hexOffset(line * width())}</span>
                {bytes(props.theirs, props.mine, line)}
                {bytes(props.mine, props.theirs, line)}
              </div>
            )}
          </For>
        </div>
      </section>
      <Differences {...differences} />
    </>
  )
}

/** Bytes of a line of each side that fit into so many px. */
function widthFor(place: number): number {
  if (place === 0 || place >= 860) return 16
  return place >= 480 ? 8 : 4
}
