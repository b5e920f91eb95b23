import { Show } from 'solid-js'
import { Button } from '../../../components/Button.tsx'
import { copyText } from '../../../components/copy-text.ts'
import { Icon } from '../../../components/Icon.tsx'
import { useToasts } from '../../../components/toasts.ts'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { KeysToolbar } from '../KeysToolbar.tsx'
import { RangeChoice } from '../RangeChoice.tsx'
import { FindBox } from '../search/FindBox.tsx'
import type { BrowserState } from './create-browser-state.ts'
import { MoreButton } from './MoreButton.tsx'

/** Finding, creating, reading again: of the v3 keys. */
export function BrowserToolbar(props: { readonly state: BrowserState; readonly onShortcuts: () => void }) {
  const { keys, keyBrowser, shortcuts } = useKeysMessages()
  const toasts = useToasts()
  const { separator, rights, changes, place, go, ...state } = props.state
  const copyLink = async () =>
    toasts.show((await copyText(window.location.href)) ? keyBrowser.linkCopied : keyBrowser.notCopied)
  const actions = () => [
    { text: keyBrowser.copyLink, onSelect: () => void copyLink() },
    { text: shortcuts.open, onSelect: props.onShortcuts },
    ...(changes.isAllowed() && rights.mayWriteBelow(state.treePrefix())
      ? [
          {
            text: state.treePrefix().length > 0 ? keyBrowser.menu.removeBelow : keyBrowser.removeAll,
            isDanger: true,
            onSelect: changes.removeShown,
          },
        ]
      : []),
  ]
  return (
    <KeysToolbar state={props.state} isReadOnly={rights.isReadOnly() === true}>
      <FindBox
        separator={separator}
        text={place().q}
        isSearching={place().view === 'search'}
        onChoose={state.find}
      />
      <RangeChoice
        grants={rights.grants()}
        separator={separator}
        prefix={state.prefix()}
        onChoose={(at) => go({ at, selection: undefined })}
      />
      <Show when={rights.isReadOnly() === false}>
        <Button
          disabled={!changes.isAllowed()}
          title={changes.isAllowed() ? undefined : keyBrowser.mayNotWrite}
          onClick={() => changes.createBeside(state.selection(), state.prefix())}
        >
          {keys.create}
        </Button>
      </Show>
      <Button kind="quiet" class="keys-refresh" aria-label={keys.refresh} onClick={state.refresh}>
        <Icon name="refresh" />
        <span>{keys.refresh}</span>
      </Button>
      <MoreButton actions={actions()} />
    </KeysToolbar>
  )
}
