import { type Accessor, createSignal } from 'solid-js'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { createHotkeys, type Hotkey } from '../../../primitives/create-hotkeys.ts'

export interface Shortcuts {
  /** Those that are bound now. */
  readonly hotkeys: Accessor<readonly Hotkey[]>
  readonly isShown: Accessor<boolean>
  readonly show: () => void
  readonly hide: () => void
}

export interface ShortcutActs {
  readonly onRefresh: () => void
  /** Absent: no key may be created. */
  readonly onCreate: Accessor<(() => void) | undefined>
}

/** The single keys of the page. What is shown of them is what is bound. */
export function createShortcuts({ onRefresh, onCreate }: ShortcutActs): Shortcuts {
  const { shortcuts } = useKeysMessages()
  const [isShown, setShown] = createSignal(false)
  const hotkeys = (): readonly Hotkey[] => {
    const create = onCreate()
    return [
      { key: '/', text: shortcuts.find, act: find },
      { key: 'r', text: shortcuts.refresh, act: onRefresh },
      ...(create ? [{ key: 'n', text: shortcuts.create, act: create }] : []),
      { key: '?', text: shortcuts.show, act: () => setShown(true) },
    ]
  }
  createHotkeys(hotkeys)
  return { hotkeys, isShown, show: () => setShown(true), hide: () => setShown(false) }
}

const find = () => document.querySelector<HTMLInputElement>('[data-find]')?.focus()
