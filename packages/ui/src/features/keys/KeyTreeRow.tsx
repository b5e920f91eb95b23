import { createEffect, Match, Show, Switch } from 'solid-js'
import { describeProblem } from '../../api/describe-problem.ts'
import { Icon } from '../../components/Icon.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { lastPart } from './key-name.ts'
import type { TreeNode, TreeRow } from './tree-rows.ts'

/** Deeper rows are not moved further in: they say their level. */
const MAX_INDENT = 20

export interface KeyTreeRowProps {
  readonly id: string
  readonly row: TreeRow
  readonly separator: Uint8Array
  readonly top: number
  readonly isActive: boolean
  readonly isSelected: boolean
  readonly isFull: boolean
  readonly onToggle: (node: TreeNode, isOpen: boolean) => void
  readonly onChoose: () => void
  /** The rest of this directory is nearly in view. */
  readonly onNeeded: (directory: Uint8Array) => void
}

export function KeyTreeRow(props: KeyTreeRowProps) {
  const node = () => (props.row.kind === 'node' ? { ...props.row } : undefined)
  const rest = () => (props.row.kind === 'rest' ? { ...props.row } : undefined)
  createEffect(() => {
    const missing = rest()
    if (missing && !missing.level?.problem && !props.isFull) props.onNeeded(missing.directory)
  })
  return (
    <div
      id={props.id}
      class="key-tree-row"
      role="treeitem"
      tabIndex="-1"
      aria-level={props.row.depth + 1}
      aria-selected={props.isSelected}
      aria-expanded={node()?.node.isDirectory ? node()?.isOpen : undefined}
      data-active={props.isActive ? '' : undefined}
      style={{
        transform: `translateY(${props.top}px)`,
        'padding-inline-start': `${Math.min(props.row.depth, MAX_INDENT) * 16}px`,
      }}
    >
      <Switch>
        <Match when={node()}>
          {(row) => (
            <NodeFace
              row={row()}
              separator={props.separator}
              onToggle={props.onToggle}
              onChoose={props.onChoose}
            />
          )}
        </Match>
        <Match when={rest()}>
          {(row) => <RestFace row={row()} isFull={props.isFull} onRetry={props.onNeeded} />}
        </Match>
      </Switch>
    </div>
  )
}

type NodeRow = Extract<TreeRow, { kind: 'node' }>
type RestRow = Extract<TreeRow, { kind: 'rest' }>

function NodeFace(props: {
  readonly row: NodeRow
  readonly separator: Uint8Array
  readonly onToggle: (node: TreeNode, isOpen: boolean) => void
  readonly onChoose: () => void
}) {
  const { keys } = useMessages()
  const node = () => props.row.node
  const name = () => lastPart(node().key, props.separator)
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
      <button type="button" class="key-tree-name" tabIndex="-1" onClick={() => props.onChoose()}>
        <Show when={name()} fallback={<i>{keys.emptyName}</i>}>
          <bdi translate="no">{name()}</bdi>
        </Show>
      </button>
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
        <span class="key-tree-badge">{props.row.depth}</span>
      </Show>
      <Show when={node().isDirectory}>
        <span class="key-tree-count">{node().count.toLocaleString('en')}</span>
      </Show>
    </>
  )
}

function RestFace(props: {
  readonly row: RestRow
  readonly isFull: boolean
  readonly onRetry: (directory: Uint8Array) => void
}) {
  const messages = useMessages()
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
                onClick={() => props.onRetry(props.row.directory)}
              >
                {messages.dataState.tryAgain}
              </button>
            </>
          )}
        </Match>
        <Match when={props.isFull}>{messages.keys.tooManyRows}</Match>
      </Switch>
    </span>
  )
}
