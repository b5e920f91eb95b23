import { For, onCleanup, onMount } from 'solid-js'
import './ContextMenu.css'

export interface MenuAction {
  readonly text: string
  readonly isDanger?: boolean
  readonly onSelect: () => void
}

/** CSS px from the corner of the window. */
export interface MenuPlace {
  readonly x: number
  readonly y: number
}

export interface ContextMenuProps {
  readonly place: MenuPlace
  readonly actions: readonly MenuAction[]
  readonly onClose: () => void
}

const MARGIN = 8

/** Actions on what is under the pointer; there while it is in the page. Gives the focus back to where it was. */
export function ContextMenu(props: ContextMenuProps) {
  const opener = document.activeElement
  let menu: HTMLDivElement | undefined
  onMount(() => {
    menu?.showPopover()
    const box = menu?.getBoundingClientRect()
    if (menu && box) {
      menu.style.left = `${Math.max(MARGIN, Math.min(props.place.x, innerWidth - box.width - MARGIN))}px`
      menu.style.top = `${Math.max(MARGIN, Math.min(props.place.y, innerHeight - box.height - MARGIN))}px`
    }
    items()[0]?.focus()
  })
  onCleanup(() => {
    if (opener instanceof HTMLElement && opener.isConnected && !hasMoved(menu)) opener.focus()
  })
  const items = () => [...(menu?.querySelectorAll('button') ?? [])]
  const press = (event: KeyboardEvent) => {
    event.stopPropagation()
    const at = items().findIndex((item) => item.matches(':focus'))
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key]
    if (event.key === 'Escape' || event.key === 'Tab') props.onClose()
    else if (to !== undefined)
      items()
        .at(to % items().length)
        ?.focus()
    else return
    event.preventDefault()
  }
  return (
    <div
      ref={(element) => {
        menu = element
      }}
      class="context-menu"
      role="menu"
      tabIndex="-1"
      popover="auto"
      onKeyDown={press}
      onContextMenu={(event) => event.preventDefault()}
      onToggle={(event) => {
        if ((event as ToggleEvent).newState === 'closed') props.onClose()
      }}
    >
      <For each={props.actions}>
        {(action) => (
          <button
            type="button"
            role="menuitem"
            tabIndex="-1"
            data-danger={action.isDanger ? '' : undefined}
            onClick={() => {
              props.onClose()
              action.onSelect()
            }}
          >
            {action.text}
          </button>
        )}
      </For>
    </div>
  )
}

/** What an action opened has the focus now. */
const hasMoved = (menu: HTMLElement | undefined): boolean =>
  document.activeElement !== document.body &&
  document.activeElement !== null &&
  !menu?.contains(document.activeElement)
