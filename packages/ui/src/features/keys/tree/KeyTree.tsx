import { createEffect, createMemo, createSignal, createUniqueId, For, on, Show } from 'solid-js'
import type { MenuAction, MenuPlace } from '../../../components/ContextMenu.tsx'
import { ContextMenu } from '../../../components/ContextMenu.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import type { KeySelection } from '../../../url/keys-url.ts'
import { createRowScroll } from '../browser/create-row-scroll.ts'
import { identityOf } from '../key-name.ts'
import { KeyTreeRow } from './KeyTreeRow.tsx'
import type { TreeSource } from './key-tree.ts'
import { moveInTree } from './move-in-tree.ts'
import { nodeKey, type TreeNode } from './tree-rows.ts'
import './KeyTree.css'

/** Rows ahead of what is in view for which the next page is asked. */
const AHEAD = 20

export interface KeyTreeProps {
  readonly label: string
  readonly tree: TreeSource
  readonly separator: Uint8Array
  readonly selection: KeySelection | undefined
  readonly hasDraft?: (id: string) => boolean
  readonly onSelect: (selection: KeySelection) => void
  /** What can be done with a node, beside opening it. */
  readonly actionsOf: (node: TreeNode) => readonly MenuAction[]
  /** Single keys: `Delete` and `n`. */
  readonly onKey?: (key: 'Delete' | 'n', node: TreeNode | undefined) => void
}

/** Rows of what is open. Only those in view, and a few around them, are in the document. */
export function KeyTree(props: KeyTreeProps) {
  const { keyBrowser } = useKeysMessages()
  const id = createUniqueId()
  const [box, setBox] = createSignal<HTMLDivElement>()
  const [menu, setMenu] = createSignal<MenuPlace & { readonly node: TreeNode }>()
  const rows = () => props.tree.rows()
  const scroll = createRowScroll(box, () => rows().length)
  const { inView } = scroll

  // by its node: rows come and go above it
  const [activeNode, setActiveNode] = createSignal<string>()
  const [activeRow, setActiveRow] = createSignal(0)
  const active = createMemo(() => {
    const at = rows().indexOf(props.tree.find(activeNode() ?? ''))
    return at >= 0 ? at : Math.min(activeRow(), Math.max(0, rows().length - 1))
  })
  const setActive = (at: number) => {
    const row = rows().at(at)
    setActiveRow(at)
    setActiveNode(row?.kind === 'node' ? row.node.id : undefined)
  }
  const goTo = (at: number) => {
    setActive(at)
    scroll.show(at)
  }
  const selectedId = () => props.selection && identityOf(props.selection.key)
  const selectedAt = createMemo(() => rows().indexOf(props.tree.find(selectedId() ?? '')))
  createEffect(
    on([selectedId, () => selectedAt() >= 0], ([, isThere]) => {
      if (isThere) goTo(selectedAt())
    }),
  )
  createEffect(() => {
    const shown = inView()
    const from = shown[0]
    const to = shown.at(-1)
    if (from === undefined || to === undefined || props.tree.isFull()) return
    for (const directory of rows().restsIn(from - AHEAD, to + AHEAD)) {
      if (!props.tree.problemOf(directory)) props.tree.loadMore(directory)
    }
  })
  // what is seen stays where it is while rows come and go above it
  createEffect(
    on(
      rows,
      (now, before) => {
        const first = before?.at(scroll.first())
        if (scroll.first() === 0 || first?.kind !== 'node') return
        const at = now.indexOf(props.tree.find(first.node.id))
        if (at >= 0 && at !== scroll.first()) scroll.shift(at - scroll.first())
      },
      { defer: true },
    ),
  )

  const toggle = (node: TreeNode, isOpen: boolean) => props.tree.setOpen(node.id, !isOpen)
  const focus = (at: number) => {
    setActive(at)
    box()?.focus({ preventScroll: true })
  }
  const choose = (at: number) => {
    const row = rows().at(at)
    if (row?.kind !== 'node') return
    focus(at)
    if (!row.node.isKey) toggle(row.node, row.isOpen)
    props.onSelect({ key: nodeKey(row.node), isDirectory: !row.node.isKey })
  }
  const nodeAt = (at: number) => {
    const row = rows().at(at)
    return row?.kind === 'node' ? row.node : undefined
  }
  const openMenu = (at: number, place?: MenuPlace) => {
    const node = nodeAt(at)
    if (!node) return
    focus(at)
    const element = document.getElementById(`${id}-${at}`)?.getBoundingClientRect()
    setMenu({ node, x: place?.x ?? (element?.left ?? 0) + 40, y: place?.y ?? element?.bottom ?? 0 })
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      event.preventDefault()
      return openMenu(active())
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (props.onKey && (event.key === 'Delete' || event.key === 'n')) {
      event.preventDefault()
      return props.onKey(event.key, nodeAt(active()))
    }
    const step = moveInTree(event.key, rows(), active())
    if (!step) return
    event.preventDefault()
    const row = rows().at(step.at)
    if (step.act === 'go') goTo(step.at)
    else if (step.act === 'choose') choose(step.at)
    else if (row?.kind === 'node') toggle(row.node, row.isOpen)
  }
  const menuActions = (node: TreeNode): readonly MenuAction[] => {
    const isOpen = () => {
      const row = rows().at(rows().indexOf(node))
      return row?.kind === 'node' && row.isOpen
    }
    return [
      ...(node.isKey
        ? [
            {
              text: keyBrowser.menu.open,
              onSelect: () => props.onSelect({ key: nodeKey(node), isDirectory: false }),
            },
          ]
        : []),
      ...(node.isDirectory && !isOpen()
        ? [{ text: keyBrowser.menu.expand, onSelect: () => props.tree.setOpen(node.id, true) }]
        : []),
      ...(node.isDirectory && isOpen()
        ? [{ text: keyBrowser.menu.collapseAll, onSelect: () => props.tree.closeBelow(node.id) }]
        : []),
      ...props.actionsOf(node),
    ]
  }

  return (
    <div
      ref={setBox}
      class="key-tree"
      role="tree"
      aria-label={props.label}
      aria-activedescendant={inView().includes(active()) ? `${id}-${active()}` : undefined}
      tabIndex="0"
      onKeyDown={press}
      onScroll={scroll.onScroll}
    >
      <div class="key-tree-space" style={{ height: `${rows().length * scroll.rowHeight()}px` }}>
        <For each={scroll.elements()}>
          {(element) => {
            const at = createMemo(() => scroll.rowIn(element))
            return (
              <Show when={rows().at(at())}>
                {(row) => (
                  <KeyTreeRow
                    id={`${id}-${at()}`}
                    row={row()}
                    tree={props.tree}
                    separator={props.separator}
                    top={at() * scroll.rowHeight()}
                    isActive={active() === at()}
                    isSelected={selectedAt() === at()}
                    hasDraft={props.hasDraft}
                    onToggle={(node, isOpen) => {
                      focus(at())
                      toggle(node, isOpen)
                    }}
                    onChoose={() => choose(at())}
                    onMenu={(place) => openMenu(at(), place)}
                  />
                )}
              </Show>
            )
          }}
        </For>
      </div>
      <Show when={menu()}>
        {(open) => (
          <ContextMenu place={open()} actions={menuActions(open().node)} onClose={() => setMenu(undefined)} />
        )}
      </Show>
    </div>
  )
}
