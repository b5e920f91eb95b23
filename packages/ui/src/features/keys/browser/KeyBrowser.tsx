import { lazy, Show, Suspense } from 'solid-js'
import { useToasts } from '../../../components/toasts.ts'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import type { KeySelection } from '../../../url/keys-url.ts'
import type { KeysPlaceState } from '../create-keys-place.ts'
import type { Drafts } from '../drafts/drafts.ts'
import { KeyDialogs } from '../KeyDialogs.tsx'
import { KeysPanes } from '../KeysPanes.tsx'
import { ancestorsOf, identityOf, prefixBelow } from '../key-name.ts'
import { createShortcuts } from '../shortcuts/create-shortcuts.ts'
import { ShortcutsDialog } from '../shortcuts/shortcuts-dialog.ts'
import { BrowserToolbar } from './BrowserToolbar.tsx'
import { createBrowserState } from './create-browser-state.ts'
import { KeyViews } from './KeyViews.tsx'

/** What shows and edits a value comes with the first one. */
const KeyPane = lazy(async () => ({ default: (await import('../key/KeyPane.tsx')).KeyPane }))

export interface KeyBrowserProps {
  readonly separator: Uint8Array
  readonly state: KeysPlaceState
  readonly drafts: Drafts
}

/** Keys of the v3 API, in one of three views, beside what is selected. */
export function KeyBrowser(props: KeyBrowserProps) {
  const { keys, keyBrowser } = useKeysMessages()
  const toasts = useToasts()
  const state = createBrowserState(props.state, props.separator) // neither of them changes
  const { separator, changes, selection } = state
  const shortcuts = createShortcuts({
    onRefresh: state.refresh,
    onCreate: () =>
      changes.isAllowed() ? () => changes.createBeside(selection(), state.prefix()) : undefined,
  })
  const mayWrite = ({ key, isDirectory }: KeySelection) =>
    isDirectory ? state.rights.mayWriteBelow(prefixBelow(key, separator)) : state.rights.mayWrite(key)
  const creating = () => (changes.isAllowed() ? changes.create : undefined)
  const finish = (target: KeySelection, count: number, revision: number | undefined) => {
    changes.close()
    const at = revision?.toLocaleString('en')
    toasts.show(at === undefined ? keys.remove.done(count) : keyBrowser.removedAt(count, at))
    if (isWithin(selection(), target, separator)) state.select(undefined)
    state.follow({ kind: 'gone', target })
  }
  return (
    <div class="keys-body">
      <BrowserToolbar state={state} onShortcuts={shortcuts.show} />
      <KeysPanes
        label={keys.tree}
        isSelected={selection() !== undefined}
        left={<KeyViews state={state} drafts={props.drafts} />}
        right={
          <Show when={selection()} keyed fallback={<p class="key-browser-none">{keyBrowser.nothingOpen}</p>}>
            {(selected) => (
              <Suspense>
                <KeyPane
                  selection={selected}
                  separator={separator}
                  drafts={props.drafts}
                  wanted={state.wanted()}
                  mayWrite={mayWrite(selected)}
                  onRefused={state.rights.askAgain}
                  onCreate={creating()}
                  onGo={state.go}
                  onSelect={state.select}
                  onChange={state.follow}
                />
              </Suspense>
            )}
          </Show>
        }
      />
      <KeyDialogs
        changes={changes}
        rights={state.rights}
        separator={separator}
        prefix={state.treePrefix()}
        onCreated={(key) => state.follow({ kind: 'made', target: { key, isDirectory: false } })}
        onOpen={(key) => {
          changes.close()
          state.open(key)
        }}
        onRemoved={finish}
      />
      <Show when={shortcuts.isShown()}>
        <Suspense>
          <ShortcutsDialog hotkeys={shortcuts.hotkeys()} onClose={shortcuts.hide} />
        </Suspense>
      </Show>
    </div>
  )
}

/** Whether what is selected was deleted with `gone`. */
function isWithin(selected: KeySelection | undefined, gone: KeySelection, separator: Uint8Array): boolean {
  if (!selected) return false
  const isOne = identityOf(selected.key) === identityOf(gone.key)
  if (!gone.isDirectory) return isOne
  if (gone.key.length === 0 || (isOne && selected.isDirectory)) return true
  return ancestorsOf(selected.key, separator).some((one) => identityOf(one) === identityOf(gone.key))
}
