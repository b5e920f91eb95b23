import type { JSX } from 'solid-js'
import { Splitter } from '../../components/Splitter.tsx'
import { useKeysMessages } from '../../i18n/keys-messages-context.ts'
import { changePrefs, currentPrefs } from '../../prefs.ts'

export interface KeysPanesProps {
  readonly label: string
  readonly isSelected: boolean
  readonly left: JSX.Element
  readonly right: JSX.Element
}

const MIN_WIDTH = 240
const MAX_SHARE = 0.7

/** What there is, beside what is selected of it; on a phone one of both. */
export function KeysPanes(props: KeysPanesProps) {
  const { keyBrowser } = useKeysMessages()
  return (
    <div
      class="key-browser"
      data-selected={props.isSelected ? '' : undefined}
      style={{ '--key-tree-width': widthOf(currentPrefs().keyPane) }}
    >
      <section class="key-browser-tree" aria-label={props.label}>
        {props.left}
      </section>
      <Splitter
        label={keyBrowser.splitter}
        min={MIN_WIDTH}
        maxShare={MAX_SHARE}
        onChange={(keyPane) => changePrefs({ keyPane })}
      />
      <section class="key-browser-pane">{props.right}</section>
    </div>
  )
}

const widthOf = (width: number | undefined) => (width === undefined ? undefined : `${width}px`)
