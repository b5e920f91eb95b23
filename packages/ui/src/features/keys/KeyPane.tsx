import { Show } from 'solid-js'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import type { KeySelection } from '../../url/keys-url.ts'
import type { Drafts } from './drafts.ts'
import { KeyView } from './KeyView.tsx'
import { showUnsafe } from './key-name.ts'

export interface KeyPaneProps {
  readonly selection: KeySelection
  readonly separator: Uint8Array
  readonly drafts: Drafts
  readonly onSelect: (selection: KeySelection | undefined) => void
  readonly onChange: () => void
}

/** What is selected: a key with its value, or a directory. */
export function KeyPane(props: KeyPaneProps) {
  const { keys } = useMessages()
  const name = () => showUnsafe(props.selection.key)
  return (
    <>
      <div class="key-pane-head">
        <Button class="key-pane-back" kind="quiet" onClick={() => props.onSelect(undefined)}>
          <Icon name="back" />
          {keys.back}
        </Button>
        <h2>
          <bdi translate="no">{name()}</bdi>
        </h2>
      </div>
      <Show when={!props.selection.isDirectory}>
        <KeyView name={props.selection.key} drafts={props.drafts} onChange={props.onChange} />
      </Show>
    </>
  )
}
