import { createEffect, createMemo, createSignal, createUniqueId, For, type JSX, on, Show } from 'solid-js'
import { ContextMenu, type MenuAction, type MenuPlace } from '../../../components/ContextMenu.tsx'
import { Icon } from '../../../components/Icon.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { createRowScroll } from '../browser/create-row-scroll.ts'
import { bytesOfIdentity, showUnsafe } from '../key-name.ts'
import type { FoundKey } from './create-key-scan.ts'
import { markParts } from './mark-parts.ts'
import './FoundKeys.css'

/** What is done with one of the keys. */
export interface FoundKeyActs {
  readonly onOpen: (key: Uint8Array) => void
  readonly onRemove: (key: Uint8Array) => void
  /** A new one beside it. */
  readonly onCreate: (key: Uint8Array) => void
  readonly actionsOf: (key: Uint8Array) => readonly MenuAction[]
}

export interface FoundKeysProps extends FoundKeyActs {
  readonly label: string
  readonly found: readonly FoundKey[]
  readonly selectedId: string | undefined
  /** What is marked in the names. */
  readonly mark: { readonly q: string; readonly isCased: boolean }
  /** The last rows are nearly in view. */
  readonly onEnd?: (() => void) | undefined
  /** Stands below the last row. */
  readonly children?: JSX.Element
}

const AHEAD = 20
const PAGE_ROWS = 10

/** Flat rows of keys; those in view, and a few around them, are in the document. */
export function FoundKeys(props: FoundKeysProps) {
  const id = createUniqueId()
  const [box, setBox] = createSignal<HTMLDivElement>()
  const [chosen, setChosen] = createSignal(0)
  const [menu, setMenu] = createSignal<MenuPlace & { readonly key: Uint8Array }>()
  const count = () => props.found.length
  const scroll = createRowScroll(box, count)
  const active = () => Math.min(chosen(), Math.max(0, count() - 1))
  const goTo = (at: number) => {
    const to = Math.max(0, Math.min(count() - 1, at))
    setChosen(to)
    scroll.show(to)
  }
  const keyAt = (at: number) => {
    const row = props.found[at]
    return row && bytesOfIdentity(row.id)
  }
  const open = (at: number) => {
    const key = keyAt(at)
    setChosen(at)
    box()?.focus({ preventScroll: true })
    if (key) props.onOpen(key)
  }
  createEffect(() => {
    const last = scroll.inView().at(-1)
    if (last !== undefined && last + AHEAD >= count()) props.onEnd?.()
  })
  createEffect(
    on(
      () => props.found[0]?.id,
      () => {
        setChosen(0)
        box()?.scrollTo({ top: 0 })
      },
      { defer: true },
    ),
  )
  const openMenu = (at: number, place?: MenuPlace) => {
    const key = keyAt(at)
    if (!key) return
    setChosen(at)
    box()?.focus({ preventScroll: true })
    const row = document.getElementById(`${id}-${at}`)?.getBoundingClientRect()
    setMenu({ key, x: place?.x ?? (row?.left ?? 0) + 40, y: place?.y ?? row?.bottom ?? 0 })
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      event.preventDefault()
      return openMenu(active())
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return
    const to = {
      ArrowDown: active() + 1,
      ArrowUp: active() - 1,
      PageDown: active() + PAGE_ROWS,
      PageUp: active() - PAGE_ROWS,
      Home: 0,
      End: count() - 1,
    }[event.key]
    const key = keyAt(active())
    if (to !== undefined) goTo(to)
    else if (event.key === 'Enter' || event.key === ' ') open(active())
    else if (event.key === 'Delete' && key) props.onRemove(key)
    else if (event.key === 'n' && key) props.onCreate(key)
    else return
    event.preventDefault()
  }
  return (
    <div
      ref={setBox}
      class="found-keys"
      role="listbox"
      aria-label={props.label}
      aria-activedescendant={count() > 0 ? `${id}-${active()}` : undefined}
      tabIndex="0"
      onKeyDown={press}
      onScroll={scroll.onScroll}
    >
      <div class="found-keys-space" style={{ height: `${count() * scroll.rowHeight()}px` }}>
        <For each={scroll.inView()}>
          {(at) => (
            <Show when={props.found[at]}>
              {(row) => (
                <FoundRow
                  id={`${id}-${at}`}
                  row={row()}
                  top={at * scroll.rowHeight()}
                  place={at + 1}
                  isActive={active() === at}
                  isSelected={props.selectedId === row().id}
                  mark={props.mark}
                  onOpen={() => open(at)}
                  onMenu={(place) => openMenu(at, place)}
                />
              )}
            </Show>
          )}
        </For>
      </div>
      {props.children}
      <Show when={menu()}>
        {(at) => (
          <ContextMenu place={at()} actions={props.actionsOf(at().key)} onClose={() => setMenu(undefined)} />
        )}
      </Show>
    </div>
  )
}

interface FoundRowProps extends Pick<FoundKeysProps, 'mark'> {
  readonly id: string
  readonly row: FoundKey
  readonly top: number
  readonly place: number
  readonly isActive: boolean
  readonly isSelected: boolean
  readonly onOpen: () => void
  readonly onMenu: (place: MenuPlace) => void
}

function FoundRow(props: FoundRowProps) {
  const { keys, keyBrowser } = useKeysMessages()
  const key = createMemo(() => bytesOfIdentity(props.row.id))
  const number = (value: number) => value.toLocaleString('en')
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the focus, and handles the keys
    <div
      id={props.id}
      class="found-keys-row"
      role="option"
      tabIndex="-1"
      aria-selected={props.isSelected}
      aria-posinset={props.place}
      data-active={props.isActive ? '' : undefined}
      style={{ transform: `translateY(${props.top}px)` }}
      title={showUnsafe(key())}
      onClick={() => props.onOpen()}
      onContextMenu={(event) => {
        event.preventDefault()
        props.onMenu({ x: event.clientX, y: event.clientY })
      }}
    >
      <bdi class="found-keys-name" translate="no">
        <For each={markParts(key(), props.mark.q, props.mark.isCased)}>
          {(part) => (
            <Show when={part.isHit} fallback={part.text}>
              <mark>{part.text}</mark>
            </Show>
          )}
        </For>
      </bdi>
      <Show when={props.row.id.startsWith('b')}>
        <span class="found-keys-fact">{keys.bytesBadge}</span>
      </Show>
      <Show when={props.row.hasLease}>
        <span class="found-keys-fact" title={keys.leased}>
          <Icon name="stale" />
          <span class="visually-hidden">{keys.leased}</span>
        </span>
      </Show>
      <span class="found-keys-fact">
        {keyBrowser.versions(number(props.row.modRevision), number(props.row.keyVersion))}
      </span>
    </div>
  )
}
