import { formatAge } from '@etcdmonitor/core/format/format-age'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { createSignal, Show } from 'solid-js'
import { Button } from '../../../components/Button.tsx'
import { DataState } from '../../../components/DataState.tsx'
import { TextField } from '../../../components/TextField.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { createNow } from '../../../primitives/create-now.ts'
import { useCluster } from '../../shell/cluster-state.ts'
import { showUnsafe } from '../key-name.ts'
import { KeyTree, type KeyTreeProps } from './KeyTree.tsx'
import type { Beyond, KeyTree as Tree, TreeTop } from './key-tree.ts'
import { TOP } from './tree-rows.ts'

export interface TreePaneProps extends Omit<KeyTreeProps, 'label' | 'tree'> {
  readonly tree: Tree
  readonly canCreate: boolean
  readonly onCreate: () => void
  readonly onPrefix: (prefix: Uint8Array) => void
  readonly onShowAll: () => void
  readonly onRefresh: () => void
  /** Shows the key among its neighbours in the list. */
  readonly onList: (key: Uint8Array) => void
}

/** The tree, below how many keys there are and how old that is. */
export function TreePane(props: TreePaneProps) {
  const { keys, keyBrowser } = useKeysMessages()
  const prefix = () => props.tree.prefixOf(TOP)
  const isRefused = () => props.tree.root()?.problem?.code === 'permission_denied' && !props.tree.top()
  const empty = () => (
    <div class="key-tree-empty">
      <p>{prefix().length === 0 ? keyBrowser.noKeys : keyBrowser.noKeysBelow(showUnsafe(prefix()))}</p>
      <Show when={props.canCreate}>
        <Button onClick={props.onCreate}>
          {prefix().length === 0 ? keyBrowser.createFirst : keyBrowser.createHere}
        </Button>
      </Show>
      <Show when={prefix().length > 0}>
        <Button onClick={props.onShowAll}>{keyBrowser.showAll}</Button>
      </Show>
    </div>
  )
  return (
    <>
      <Show when={props.tree.top()}>{(top) => <Keyspace top={top()} />}</Show>
      <Show when={props.tree.top()?.isLimited}>
        <p class="key-browser-note">{keys.limited}</p>
      </Show>
      <Show when={props.selection && props.tree.beyond()}>
        {(beyond) => <BeyondNote {...props} beyond={beyond()} />}
      </Show>
      <Show when={!isRefused()} fallback={<PrefixForm onPrefix={props.onPrefix} />}>
        <DataState
          isLoading={!props.tree.root()}
          problem={props.tree.top() ? undefined : props.tree.root()?.problem}
          onRetry={props.onRefresh}
          empty={props.tree.top()?.count === 0 && props.tree.rows().length === 0 && empty()}
        >
          <KeyTree {...props} label={keys.tree} />
        </DataState>
      </Show>
    </>
  )
}

/** Listings are never read again by themselves: how old this one is stands beside it. */
function Keyspace(props: { readonly top: TreeTop }) {
  const { keys, keyBrowser } = useKeysMessages()
  const { status } = useCluster()
  const now = createNow(1_000)
  const member = () => status()?.members.find(({ id }) => id === props.top.memberId)?.name
  const age = () => {
    const ms = Math.max(1_000, now() - props.top.at)
    return formatAge(ms < 60_000 ? ms : Math.floor(ms / 10_000) * 10_000)
  }
  return (
    <p class="key-browser-head">
      <strong>{keys.total(props.top.count, props.top.count.toLocaleString('en'))}</strong>
      <span>
        {keys.asOf(props.top.revision.toLocaleString('en'))} {keyBrowser.readFrom(member(), age())}
      </span>
    </p>
  )
}

/** The opened key has no row yet, and may be a hundred thousand rows away: how to get to it. */
function BeyondNote(props: TreePaneProps & { readonly beyond: Beyond }) {
  const { keyBrowser } = useKeysMessages()
  const withKey = (act: (key: Uint8Array) => void) => () => props.selection && act(props.selection.key)
  const place = () => showUnsafe(props.tree.prefixOf(props.beyond.directory))
  return (
    <div class="key-browser-note">
      <p role="status">{keyBrowser.beyond(props.beyond.loaded.toLocaleString('en'), place())}</p>
      <Button onClick={withKey(props.onList)}>{keyBrowser.showInList}</Button>
      <Show when={!props.tree.isFull()}>
        <Button onClick={withKey(props.tree.reveal)}>{keyBrowser.loadMore}</Button>
      </Show>
    </div>
  )
}

/** For who may read some prefix, of which nobody could tell. */
function PrefixForm(props: { readonly onPrefix: (prefix: Uint8Array) => void }) {
  const { keyBrowser } = useKeysMessages()
  const [typed, setTyped] = createSignal('')
  return (
    <form
      class="key-browser-refused"
      onSubmit={(event) => {
        event.preventDefault()
        if (typed() !== '') props.onPrefix(toUtf8(typed()))
      }}
    >
      <p>{keyBrowser.refused}</p>
      <TextField
        label={keyBrowser.prefix}
        value={typed()}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <Button type="submit" kind="primary" disabled={typed() === ''}>
        {keyBrowser.browse}
      </Button>
    </form>
  )
}
