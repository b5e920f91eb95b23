import { createSignal, Show } from 'solid-js'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { useToasts } from '../../components/toasts.ts'
import { useMessages } from '../../i18n/messages-context.ts'
import type { KeySelection } from '../../url/keys-url.ts'
import type { Drafts } from './drafts.ts'
import { KeyView } from './KeyView.tsx'
import { showUnsafe } from './key-name.ts'
import { createKeyRules } from './key-query.ts'
import { RemoveDirectoryDialog } from './RemoveDialog.tsx'

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
  const toasts = useToasts()
  const rules = createKeyRules()
  const [isRemoving, setRemoving] = createSignal(false)
  const finish = (count: number) => {
    setRemoving(false)
    toasts.show(keys.remove.done(count))
    props.onSelect(undefined)
    props.onChange()
  }
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
      <Show
        when={props.selection.isDirectory}
        fallback={
          <KeyView
            name={props.selection.key}
            drafts={props.drafts}
            onChange={props.onChange}
            onRemoved={finish}
          />
        }
      >
        <Show when={rules() && !rules()?.kv_read_only} fallback={<p class="key-note">{keys.readOnly}</p>}>
          <div class="key-tools">
            <Button class="button-danger" onClick={() => setRemoving(true)}>
              {keys.remove.openDirectory}
            </Button>
          </div>
        </Show>
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
