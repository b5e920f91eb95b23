import { createEffect, createMemo, createSignal, createUniqueId, For, on, Show, untrack } from 'solid-js'
import { useMessages } from '../../i18n/messages-context.ts'
import { createElementSize } from '../../primitives/create-element-size.ts'
import type { KeySelection } from '../../url/keys-url.ts'
import { KeyTreeRow } from './KeyTreeRow.tsx'
import { identityOf } from './key-name.ts'
import type { KeyTree as Tree } from './key-tree.ts'
import { moveInTree } from './move-in-tree.ts'
import { rowsInView, scrollTo } from './row-window.ts'
import type { TreeNode } from './tree-rows.ts'
import './KeyTree.css'

export interface KeyTreeProps {
  readonly tree: Tree
  readonly separator: Uint8Array
  readonly selection: KeySelection | undefined
  readonly onSelect: (selection: KeySelection) => void
}

/** Rows of what is open. Only those in view, and a few around them, are in the document. */
export function KeyTree(props: KeyTreeProps) {
  const { keys } = useMessages()
  const id = createUniqueId()
  const [box, setBox] = createSignal<HTMLDivElement>()
  const [active, setActive] = createSignal<number>(0)
  const rows = () => props.tree.rows()
  const [top, setTop] = createSignal(0)
  const size = createElementSize(box)
  const rowHeight = createMemo(() =>
    Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--control-height')),
  )
  const place = () => ({ top: top(), height: size().height, rowHeight: rowHeight() })
  const inView = createMemo(() => rowsInView(rows().length, place()))
  const selectedId = () => props.selection && identityOf(props.selection.key)
  const selectedAt = createMemo(() => {
    const wanted = selectedId()
    return wanted === undefined
      ? -1
      : rows().findIndex((row) => row.kind === 'node' && row.node.id === wanted)
  })
  const goTo = (at: number) => {
    setActive(at)
    box()?.scrollTo({ top: scrollTo(at, untrack(place)) })
  }
  createEffect(
    on([selectedId, () => selectedAt() >= 0], ([, isThere]) => {
      if (isThere) goTo(selectedAt())
    }),
  )
  const toggle = (node: TreeNode, isOpen: boolean) => props.tree.setOpen(node.key, !isOpen)
  const choose = (at: number) => {
    const row = rows()[at]
    if (row?.kind !== 'node') return
    setActive(at)
    box()?.focus({ preventScroll: true })
    if (!row.node.isKey) toggle(row.node, row.isOpen)
    props.onSelect({ key: row.node.key, isDirectory: !row.node.isKey })
  }
  const press = (event: KeyboardEvent) => {
    const step = moveInTree(event.key, rows(), active())
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    const row = rows()[step.at]
    if (step.act === 'go') goTo(step.at)
    else if (step.act === 'choose') choose(step.at)
    else if (row?.kind === 'node') toggle(row.node, row.isOpen)
  }
  return (
    <div
      ref={setBox}
      class="key-tree"
      role="tree"
      aria-label={keys.tree}
      aria-activedescendant={inView().includes(active()) ? `${id}-${active()}` : undefined}
      tabIndex="0"
      onKeyDown={press}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <div class="key-tree-space" style={{ height: `${rows().length * rowHeight()}px` }}>
        <For each={inView()}>
          {(at) => (
            <Show when={rows()[at]}>
              {(row) => (
                <KeyTreeRow
                  id={`${id}-${at}`}
                  row={row()}
                  separator={props.separator}
                  top={at * rowHeight()}
                  isActive={active() === at}
                  isSelected={selectedAt() === at}
                  isFull={props.tree.isFull()}
                  onToggle={(node, isOpen) => {
                    setActive(at)
                    box()?.focus({ preventScroll: true })
                    toggle(node, isOpen)
                  }}
                  onChoose={() => choose(at)}
                  onNeeded={props.tree.loadMore}
                />
              )}
            </Show>
          )}
        </For>
      </div>
    </div>
  )
}
