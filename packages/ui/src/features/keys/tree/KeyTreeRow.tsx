import { startsWith } from '@etcdmonitor/core/keys/bytes'
import { createMemo, Match, Show, Switch } from 'solid-js'
import { describeProblem } from '../../../api/describe-problem.ts'
import type { MenuPlace } from '../../../components/ContextMenu.tsx'
import { Icon } from '../../../components/Icon.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { nameBelow, showUnsafe } from '../key-name.ts'
import type { TreeSource } from './key-tree.ts'
import { nodeKey, TOP, type TreeNode, type TreeRow } from './tree-rows.ts'

/** Deeper rows are not moved further in: they say their level. */
const MAX_INDENT = 20

export interface KeyTreeRowProps {
  readonly id: string
  readonly row: TreeRow
  readonly tree: TreeSource
  readonly separator: Uint8Array
  readonly top: number
  readonly isActive: boolean
  readonly isSelected: boolean
  readonly hasDraft: ((id: string) => boolean) | undefined
  readonly onToggle: (node: TreeNode, isOpen: boolean) => void
  readonly onChoose: () => void
  readonly onMenu: (place: MenuPlace) => void
}

type NodeRow = Extract<TreeRow, { kind: 'node' }>
type RestRow = Extract<TreeRow, { kind: 'rest' }>

export function KeyTreeRow(props: KeyTreeRowProps) {
  const node = () => (props.row.kind === 'node' ? props.row : undefined)
  const rest = () => (props.row.kind === 'rest' ? props.row : undefined)
  const siblings = () => {
    const own = node()
    return own ? props.tree.siblingsOf(own.node) : undefined
  }
  return (
    <div
      id={props.id}
      class="key-tree-row"
      role="treeitem"
      tabIndex="-1"
      aria-level={props.row.depth + 1}
      aria-posinset={node() ? (node()?.node.place ?? 0) + 1 : undefined}
      aria-setsize={siblings()}
      aria-selected={props.isSelected}
      aria-expanded={node()?.node.isDirectory ? node()?.isOpen : undefined}
      data-active={props.isActive ? '' : undefined}
      style={{
        transform: `translateY(${props.top}px)`,
        'padding-inline-start': `${Math.min(props.row.depth, MAX_INDENT) * 16}px`,
      }}
      onContextMenu={(event) => {
        event.preventDefault()
        props.onMenu({ x: event.clientX, y: event.clientY })
      }}
    >
      <Switch>
        <Match when={node()}>{(row) => <NodeFace {...props} row={row()} />}</Match>
        <Match when={rest()}>{(row) => <RestFace row={row()} tree={props.tree} />}</Match>
      </Switch>
    </div>
  )
}

function NodeFace(props: Omit<KeyTreeRowProps, 'row'> & { readonly row: NodeRow }) {
  const { keys, keyBrowser } = useKeysMessages()
  const node = () => props.row.node
  const key = createMemo(() => nodeKey(node()))
  const prefix = createMemo(() => props.tree.prefixOf(node().parent))
  const name = () => nameBelow(key(), prefix(), props.separator)
  // beside one that begins with the separator it would look the same
  const isBare = () => node().parent === TOP && prefix().length === 0 && !startsWith(key(), props.separator)
  return (
    <>
      <Show when={node().isDirectory} fallback={<span class="key-tree-toggle" />}>
        <button
          type="button"
          class="key-tree-toggle"
          tabIndex="-1"
          aria-hidden="true"
          onClick={() => props.onToggle(node(), props.row.isOpen)}
        >
          <Icon name={props.row.isOpen ? 'down' : 'forward'} />
        </button>
      </Show>
      <button
        type="button"
        class="key-tree-name"
        tabIndex="-1"
        title={showUnsafe(key())}
        onClick={() => props.onChoose()}
      >
        <Show when={name()} fallback={<i>{keys.emptyName}</i>}>
          <bdi translate="no">{name()}</bdi>
        </Show>
      </button>
      <Show when={props.hasDraft?.(node().id)}>
        <span class="key-tree-badge" title={keyBrowser.draft}>
          ●<span class="visually-hidden">{keyBrowser.draft}</span>
        </span>
      </Show>
      <Show when={isBare()}>
        <span class="key-tree-badge">{keyBrowser.bare(showUnsafe(props.separator))}</span>
      </Show>
      <Show when={node().isKey && node().isDirectory}>
        <span class="key-tree-badge">{keys.alsoKey}</span>
      </Show>
      <Show when={node().id.startsWith('b')}>
        <span class="key-tree-badge">{keys.bytesBadge}</span>
      </Show>
      <Show when={node().hasLease}>
        <span class="key-tree-badge" title={keys.leased}>
          <Icon name="stale" />
          <span class="visually-hidden">{keys.leased}</span>
        </span>
      </Show>
      <Show when={props.row.depth > MAX_INDENT}>
        <span class="key-tree-badge">{keyBrowser.level(props.row.depth)}</span>
      </Show>
      <Show when={node().isDirectory}>
        <span class="key-tree-count">
          <span class="visually-hidden">{keyBrowser.directory} </span>
          {node().count.toLocaleString('en')}
          <span class="visually-hidden"> {keyBrowser.keys(node().count)}</span>
        </span>
      </Show>
    </>
  )
}

function RestFace(props: { readonly row: RestRow; readonly tree: TreeSource }) {
  const messages = useKeysMessages()
  const problem = () => props.row.level?.problem
  return (
    <span class="key-tree-rest">
      <Switch fallback={messages.dataState.loading}>
        <Match when={problem()}>
          {(why) => (
            <>
              {messages.keys.notLoaded(describeProblem(why(), messages).title)}{' '}
              <button
                type="button"
                class="key-tree-again"
                tabindex="-1"
                onClick={() => props.tree.loadMore(props.row.directory)}
              >
                {messages.dataState.tryAgain}
              </button>
            </>
          )}
        </Match>
        <Match when={props.tree.isFull()}>{messages.keys.tooManyRows}</Match>
        <Match when={props.row.level?.hasBegunAgain}>{messages.keyBrowser.begunAgain}</Match>
        <Match when={props.tree.missingIn(props.row.directory)}>
          {(count) => messages.keyBrowser.more(count())}
        </Match>
      </Switch>
    </span>
  )
}
