import { createSignal, For, type JSX, onCleanup } from 'solid-js'
import { Button } from './Button.tsx'
import { Icon } from './Icon.tsx'
import './SortableList.css'

export interface SortableItem {
  readonly id: string
  readonly title: string
}

export interface SortableListProps {
  readonly label: string
  readonly items: readonly SortableItem[]
  /** False while only some of the items are listed: a place among them says nothing. */
  readonly canMove: boolean
  readonly texts: {
    readonly drag: (title: string) => string
    readonly up: (title: string) => string
    readonly down: (title: string) => string
  }
  /** Places from 0 on. */
  readonly onMove: (from: number, to: number) => void
  /** What of an item stands before its handle, by id: a row lives as long as its item is listed. */
  readonly children: (id: string) => JSX.Element
}

/** A list whose order is changed by dragging a handle, or by two buttons a row (WCAG 2.5.7). */
export function SortableList(props: SortableListProps) {
  const [drag, setDrag] = createSignal<{ readonly from: number; readonly to: number }>()
  let list: HTMLUListElement | undefined
  const rows = () => [...(list?.children ?? [])]
  const placeAt = (y: number) =>
    rows().filter((row) => {
      const { top, height } = row.getBoundingClientRect()
      return top + height / 2 < y
    }).length
  const stop = () => setDrag(undefined)
  const cancel = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !drag()) return
    event.preventDefault() // the layer around it stays open
    stop()
  }
  document.addEventListener('keydown', cancel, true)
  onCleanup(() => document.removeEventListener('keydown', cancel, true))

  const start = (from: number, event: PointerEvent & { readonly currentTarget: HTMLElement }) => {
    if (event.button !== 0) return
    event.preventDefault()
    event.currentTarget.setPointerCapture(event.pointerId)
    setDrag({ from, to: from })
  }
  const follow = (event: PointerEvent) => {
    const now = drag()
    if (!now) return
    const before = placeAt(event.clientY)
    const to = before > now.from ? before - 1 : before
    rows()[to]?.scrollIntoView({ block: 'nearest' })
    setDrag({ ...now, to })
  }
  const drop = () => {
    const now = drag()
    stop()
    if (now && now.from !== now.to) props.onMove(now.from, now.to)
  }
  /** The button stays under the finger of who goes on pressing it. */
  const step = (from: number, to: number, button: HTMLElement) => {
    if (to < 0 || to >= props.items.length) return
    props.onMove(from, to)
    button.focus()
    button.scrollIntoView({ block: 'nearest' })
  }
  const titleOf = (id: string) => props.items.find((item) => item.id === id)?.title ?? ''
  const dropOf = (index: number) => {
    const now = drag()
    if (now?.to !== index || now.from === now.to) return undefined
    return now.to > now.from ? 'after' : 'before'
  }
  return (
    <ul ref={(element) => (list = element)} class="sortable-list" aria-label={props.label}>
      <For each={props.items.map(({ id }) => id)}>
        {(id, index) => (
          <li data-dragged={drag()?.from === index() ? '' : undefined} data-drop={dropOf(index())}>
            {props.children(id)}
            <span class="sortable-list-moves" hidden={!props.canMove}>
              <Button
                kind="quiet"
                class="icon-only"
                aria-label={props.texts.up(titleOf(id))}
                aria-disabled={index() === 0}
                onClick={(event) => step(index(), index() - 1, event.currentTarget)}
              >
                <Icon name="up" />
              </Button>
              <Button
                kind="quiet"
                class="icon-only"
                aria-label={props.texts.down(titleOf(id))}
                aria-disabled={index() === props.items.length - 1}
                onClick={(event) => step(index(), index() + 1, event.currentTarget)}
              >
                <Icon name="down" />
              </Button>
              <span
                class="sortable-list-handle"
                title={props.texts.drag(titleOf(id))}
                onPointerDown={(event) => start(index(), event)}
                onPointerMove={follow}
                onPointerUp={drop}
                onPointerCancel={stop}
              >
                <Icon name="grip" />
              </span>
            </span>
          </li>
        )}
      </For>
    </ul>
  )
}
