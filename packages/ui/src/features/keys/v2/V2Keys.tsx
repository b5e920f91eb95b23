import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { toText } from '@etcdmonitor/core/keys/show-key'
import { createEffect, createMemo, createSignal, Match, on, Show, Suspense, Switch } from 'solid-js'
import { Button } from '../../../components/Button.tsx'
import { Icon } from '../../../components/Icon.tsx'
import { useToasts } from '../../../components/toasts.ts'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { PlaceBar } from '../browser/PlaceBar.tsx'
import type { KeysPlaceState } from '../create-keys-place.ts'
import { KeysPanes } from '../KeysPanes.tsx'
import { KeysToolbar } from '../KeysToolbar.tsx'
import { createKeyRules } from '../key/key-query.ts'
import { RemoveDirectoryDialog } from '../remove/RemoveDirectoryDialog.tsx'
import { createShortcuts } from '../shortcuts/create-shortcuts.ts'
import { ShortcutsDialog } from '../shortcuts/shortcuts-dialog.ts'
import { nodeKey } from '../tree/tree-rows.ts'
import { createV2Tree, V2_SEPARATOR } from './create-v2-tree.ts'
import { V2CreateDialog } from './V2CreateDialog.tsx'
import { V2Pane } from './V2Pane.tsx'
import { V2TreePane } from './V2TreePane.tsx'
import type { V2Drafts } from './v2-drafts.ts'
import './V2Browser.css'

const EVERYTHING = new Uint8Array()

export interface V2KeysProps {
  readonly state: KeysPlaceState
  readonly drafts: V2Drafts
  /** The API is not there any more. */
  readonly onGone: () => void
}

/** The v2 tree beside what is selected of it. */
export function V2Keys(props: V2KeysProps) {
  const { keys, keyBrowser, v2 } = useKeysMessages()
  const toasts = useToasts()
  const rules = createKeyRules()
  const { place, go } = props.state
  const [filter, setFilter] = createSignal('')
  const [creating, setCreating] = createSignal<string>()
  const [removing, setRemoving] = createSignal<string>()
  const directory = createMemo(() => (toText(place().at) ?? '').replace(/\/+$/, '') || '/')
  const tree = createV2Tree(directory, filter)
  const canChange = () => rules()?.kv_read_only === false
  const selection = createMemo(() => place().selection, undefined, {
    equals: (a, b) =>
      a?.isDirectory === b?.isDirectory && toText(a?.key ?? EVERYTHING) === toText(b?.key ?? EVERYTHING),
  })
  const selected = () => toText(selection()?.key ?? EVERYTHING) ?? ''
  createEffect(on(selected, (key) => tree.reveal(key)))
  createEffect(() => {
    if (tree.problem()?.code === 'v2_unavailable') props.onGone()
  })
  const open = (key: string, isDirectory: boolean) => go({ selection: { key: toUtf8(key), isDirectory } })
  const below = (key: string) => (key === '/' ? '/' : `${key}/`)
  const here = () => {
    const key = selected()
    if (key === '') return below(directory())
    return selection()?.isDirectory ? below(key) : key.slice(0, key.lastIndexOf('/') + 1)
  }
  const shortcuts = createShortcuts({
    onRefresh: tree.refresh,
    onCreate: () => (canChange() ? () => setCreating(here()) : undefined),
  })
  const finish = (count: number) => {
    setRemoving(undefined)
    toasts.show(keys.remove.done(count))
    go({ selection: undefined })
    tree.refresh()
  }
  return (
    <div class="keys-body">
      <KeysToolbar state={props.state} isReadOnly={rules()?.kv_read_only === true}>
        <input
          type="search"
          class="v2-filter"
          aria-label={v2.filter}
          placeholder={v2.filter}
          data-find=""
          autocapitalize="none"
          spellcheck={false}
          value={filter()}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
        <Show when={canChange()}>
          <Button onClick={() => setCreating(here())}>{keys.create}</Button>
        </Show>
        <Button kind="quiet" class="keys-refresh" aria-label={keys.refresh} onClick={tree.refresh}>
          <Icon name="refresh" />
          <span>{keys.refresh}</span>
        </Button>
      </KeysToolbar>
      <KeysPanes
        label={keys.tree}
        isSelected={selection() !== undefined}
        left={
          <>
            <PlaceBar
              prefix={place().at}
              isBounded={place().at.length > 0}
              hasGrants={false}
              onShowAll={() => go({ at: EVERYTHING })}
            />
            <V2TreePane
              tree={tree}
              filter={filter()}
              selection={selection()}
              hasDraft={(id) => props.drafts.of(toText(nodeKey({ id })) ?? '') !== undefined}
              onSelect={(next) => go({ selection: next })}
              onPrefix={(at) => go({ at: toUtf8(at) })}
              actionsOf={(node) => {
                const key = toText(nodeKey(node)) ?? ''
                return [
                  ...(node.isDirectory
                    ? [
                        {
                          text: keyBrowser.menu.browse,
                          onSelect: () => go({ at: toUtf8(below(key)), selection: undefined }),
                        },
                      ]
                    : []),
                  ...(canChange() && node.isDirectory
                    ? [
                        { text: keyBrowser.menu.create, onSelect: () => setCreating(below(key)) },
                        { text: v2.removeDirectory, isDanger: true, onSelect: () => setRemoving(key) },
                      ]
                    : []),
                ]
              }}
            />
          </>
        }
        right={
          <Switch fallback={<p class="key-browser-none">{v2.nothingOpen}</p>}>
            <Match when={selection()} keyed>
              {(target) => (
                <V2Pane
                  name={toText(target.key) ?? ''}
                  drafts={props.drafts}
                  canChange={canChange()}
                  onClose={() => go({ selection: undefined })}
                  onChange={tree.refresh}
                  onRemoved={finish}
                  onRemoveDirectory={setRemoving}
                />
              )}
            </Match>
          </Switch>
        }
      />
      <Show when={creating()}>
        {(prefix) => (
          <V2CreateDialog
            prefix={prefix()}
            onClose={() => setCreating(undefined)}
            onOpen={(key, isDirectory) => {
              setCreating(undefined)
              tree.refresh()
              open(key, isDirectory)
            }}
          />
        )}
      </Show>
      <Show when={shortcuts.isShown()}>
        <Suspense>
          <ShortcutsDialog hotkeys={shortcuts.hotkeys()} onClose={shortcuts.hide} />
        </Suspense>
      </Show>
      <Show when={removing()}>
        {(key) => (
          <RemoveDirectoryDialog
            directory={toUtf8(key())}
            separator={V2_SEPARATOR}
            target={{ path: 'kv/v2/delete', body: { key: key(), dir: true } }}
            onClose={() => setRemoving(undefined)}
            onRemoved={finish}
          />
        )}
      </Show>
    </div>
  )
}
