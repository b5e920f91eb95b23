import { createSignal, Show } from 'solid-js'
import { Button } from '../../../components/Button.tsx'
import { Icon } from '../../../components/Icon.tsx'
import { useToasts } from '../../../components/toasts.ts'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import type { KeySelection, KeysPlace } from '../../../url/keys-url.ts'
import type { ValueSearch } from '../../value/first-match.ts'
import type { Drafts } from '../drafts/drafts.ts'
import type { KeyChange } from '../key-change.ts'
import { prefixBelow, showUnsafe } from '../key-name.ts'
import { RemoveDirectoryDialog } from '../remove/RemoveDirectoryDialog.tsx'
import { CopyKey } from './CopyKey.tsx'
import { KeyView } from './KeyView.tsx'
import { createKeyRules } from './key-query.ts'

export interface KeyPaneProps {
  readonly selection: KeySelection
  readonly separator: Uint8Array
  readonly drafts: Drafts
  /** What was searched for in values. */
  readonly wanted: ValueSearch | undefined
  /** As far as the roles of the etcd user say. */
  readonly mayWrite: boolean
  /** etcd refused something: they may have changed. */
  readonly onRefused: () => void
  /** Asks for a new key that begins so; absent where nothing may be written. */
  readonly onCreate: ((beginning: Uint8Array) => void) | undefined
  readonly onGo: (changes: Partial<KeysPlace>) => void
  readonly onSelect: (selection: KeySelection | undefined) => void
  readonly onChange: (change: KeyChange) => void
}

/** What is selected: a key with its value, or a directory. */
export function KeyPane(props: KeyPaneProps) {
  const { keys, keyBrowser, value } = useKeysMessages()
  const toasts = useToasts()
  const rules = createKeyRules()
  const [isRemoving, setRemoving] = createSignal(false)
  const finish = (count: number) => {
    setRemoving(false)
    toasts.show(keys.remove.done(count))
    const target = props.selection
    props.onSelect(undefined)
    props.onChange({ kind: 'gone', target })
  }
  const below = () => prefixBelow(props.selection.key, props.separator)
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
        <CopyKey name={props.selection.key} />
      </div>
      <Show
        when={props.selection.isDirectory}
        fallback={
          <KeyView
            name={props.selection.key}
            drafts={props.drafts}
            wanted={props.wanted}
            mayWrite={props.mayWrite}
            onRefused={props.onRefused}
            onCreate={props.onCreate}
            onClose={() => props.onSelect(undefined)}
            onChange={props.onChange}
            onRemoved={finish}
          />
        }
      >
        <div class="key-tools">
          <Show when={props.onCreate}>
            {(create) => <Button onClick={() => create()(below())}>{keyBrowser.menu.create}</Button>}
          </Show>
          <Button onClick={() => props.onGo({ at: below(), selection: undefined })}>
            {keyBrowser.menu.browse}
          </Button>
          <Button onClick={() => props.onGo({ view: 'search', at: below(), selection: undefined })}>
            {keyBrowser.menu.search}
          </Button>
          <Show when={rules()?.kv_read_only === false}>
            <Button
              class="button-danger key-tools-end"
              disabled={!props.mayWrite}
              title={props.mayWrite ? undefined : value.mayNotWrite}
              onClick={() => setRemoving(true)}
            >
              {keys.remove.openDirectory}
            </Button>
          </Show>
        </div>
        <p class="key-note">{rules()?.kv_read_only ? keys.readOnly : keyBrowser.aDirectory}</p>
      </Show>
      <Show when={isRemoving()}>
        <RemoveDirectoryDialog
          directory={props.selection.key}
          separator={props.separator}
          onClose={() => setRemoving(false)}
          onRemoved={finish}
        />
      </Show>
    </>
  )
}
