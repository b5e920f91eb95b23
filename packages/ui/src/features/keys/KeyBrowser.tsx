import { toText } from '@etcdmonitor/core/keys/show-key'
import { useLocation, useNavigate } from '@solidjs/router'
import { createEffect, createMemo, createSignal, on, onCleanup, Show } from 'solid-js'
import { useClient } from '../../api/client-context.ts'
import { Button } from '../../components/Button.tsx'
import { DataState } from '../../components/DataState.tsx'
import { Icon } from '../../components/Icon.tsx'
import { useToasts } from '../../components/toasts.ts'
import { useMessages } from '../../i18n/messages-context.ts'
import { type KeySelection, parseKeysUrl, printKeysUrl } from '../../url/keys-url.ts'
import { CreateKeyDialog } from './CreateKeyDialog.tsx'
import { createDrafts } from './drafts.ts'
import { KeyPane } from './KeyPane.tsx'
import { KeyTree } from './KeyTree.tsx'
import { ancestorsOf, identityOf, prefixBelow } from './key-name.ts'
import { createKeyRules } from './key-query.ts'
import { createKeyTree } from './key-tree.ts'

/** The tree beside what is selected in it; on a phone one of both. */
export function KeyBrowser(props: { readonly separator: Uint8Array }) {
  const { keys, monitor } = useMessages()
  const location = useLocation()
  const navigate = useNavigate()
  const toasts = useToasts()
  const tree = createKeyTree(useClient(), props.separator)
  const drafts = createDrafts()
  const parsed = createMemo(() => parseKeysUrl(location.search))
  const selection = createMemo(() => parsed().selection, undefined, { equals: isSame })
  const select = (next: KeySelection | undefined) => {
    const url = printKeysUrl(next)
    if (url === undefined) toasts.show(keys.tooLongForLink)
    else navigate(`/keys${url}`, { scroll: false })
  }
  createEffect(() => {
    for (const value of parsed().rejected) toasts.show(monitor.unusable(value))
  })
  createEffect(
    on(selection, (now) => {
      for (const directory of ancestorsOf(now?.key ?? new Uint8Array(), props.separator))
        tree.setOpen(directory, true)
    }),
  )
  const warn = (event: BeforeUnloadEvent) => {
    if (!drafts.isEmpty()) event.preventDefault()
  }
  window.addEventListener('beforeunload', warn)
  onCleanup(() => window.removeEventListener('beforeunload', warn))
  const rules = createKeyRules()
  const [isCreating, setCreating] = createSignal(false)
  const newPrefix = () => {
    const now = selection()
    const parent = now?.isDirectory
      ? now.key
      : ancestorsOf(now?.key ?? new Uint8Array(), props.separator).at(-1)
    return toText(parent ? prefixBelow(parent, props.separator) : props.separator) ?? ''
  }
  const root = () => tree.root()
  return (
    <div class="key-browser" data-selected={selection() ? '' : undefined}>
      <section class="key-browser-tree" aria-label={keys.tree}>
        <div class="key-browser-head">
          <span>
            <Show when={tree.top()}>
              {(top) => (
                <>
                  <strong>{keys.total(top().count, top().count.toLocaleString('en'))}</strong>{' '}
                  {keys.asOf(top().revision.toLocaleString('en'))}
                </>
              )}
            </Show>
          </span>
          <Show when={rules() && !rules()?.kv_read_only}>
            <Button onClick={() => setCreating(true)}>{keys.create}</Button>
          </Show>
          <Button kind="quiet" onClick={tree.refresh}>
            <Icon name="refresh" />
            {keys.refresh}
          </Button>
        </div>
        <Show when={tree.top()?.isLimited}>
          <p class="key-note">{keys.limited}</p>
        </Show>
        <DataState
          isLoading={!root()}
          problem={tree.top() ? undefined : root()?.problem}
          onRetry={tree.refresh}
          empty={tree.top()?.count === 0 && tree.rows().length === 0 && <p>{keys.noKeys}</p>}
        >
          <KeyTree tree={tree} separator={props.separator} selection={selection()} onSelect={select} />
        </DataState>
      </section>
      <Show when={isCreating()}>
        <CreateKeyDialog
          prefix={newPrefix()}
          onClose={() => setCreating(false)}
          onOpen={(key) => {
            setCreating(false)
            tree.refresh()
            select({ key, isDirectory: false })
          }}
        />
      </Show>
      <section class="key-browser-pane">
        <Show when={selection()} keyed fallback={<p class="key-browser-none">{keys.nothingOpen}</p>}>
          {(selected) => (
            <KeyPane
              selection={selected}
              separator={props.separator}
              drafts={drafts}
              onSelect={select}
              onChange={tree.refresh}
            />
          )}
        </Show>
      </section>
    </div>
  )
}

const isSame = (a: KeySelection | undefined, b: KeySelection | undefined): boolean =>
  a && b ? a.isDirectory === b.isDirectory && identityOf(a.key) === identityOf(b.key) : a === b
