import { type Accessor, onCleanup } from 'solid-js'
import { currentPrefs } from '../prefs.ts'

/** A single key that acts wherever nothing is typed. */
export interface Hotkey {
  /** As the event names it. */
  readonly key: string
  /** What it does, for people. */
  readonly text: string
  readonly act: () => void
}

/** Where a letter is text, not a command. */
const FIELDS = 'input, textarea, select, [contenteditable], .cm-editor, .cm-editor *, [role="menu"] *'

/** Binds the keys of a page as long as it is there (ui.md 13.1). Whoever switched them off types nothing by them. */
export function createHotkeys(hotkeys: Accessor<readonly Hotkey[]>): void {
  const press = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    const [target] = event.composedPath() // `event.target` is the shadow root's host, not the editor in it
    const isTyped = target instanceof Element && target.matches(FIELDS)
    if (isTyped || !currentPrefs().shortcuts || document.querySelector('dialog[open]')) return
    const found = hotkeys().find(({ key }) => key === event.key)
    if (!found) return
    event.preventDefault()
    found.act()
  }
  document.addEventListener('keydown', press)
  onCleanup(() => document.removeEventListener('keydown', press))
}
