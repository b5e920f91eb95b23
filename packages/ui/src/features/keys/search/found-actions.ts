import type { MenuAction } from '../../../components/ContextMenu.tsx'
import type { KeysMessages } from '../../../i18n/keys-messages.ts'
import type { KeyChanges } from '../save/create-key-changes.ts'

export interface FoundActionsDeps {
  readonly changes: KeyChanges
  readonly texts: KeysMessages['keyBrowser']['menu']
  readonly onOpen: (key: Uint8Array) => void
  readonly onCopy: (key: Uint8Array) => void
}

/** What can be done with a key of the list, or one that was found. */
export function foundActions(key: Uint8Array, deps: FoundActionsDeps): readonly MenuAction[] {
  const { changes, texts } = deps
  const target = { key, isDirectory: false }
  return [
    { text: texts.open, onSelect: () => deps.onOpen(key) },
    { text: texts.copy, onSelect: () => deps.onCopy(key) },
    ...(changes.isAllowed()
      ? [{ text: texts.create, onSelect: () => changes.createBeside(target, key) }]
      : []),
    ...(changes.mayRemove(target)
      ? [{ text: texts.remove, isDanger: true, onSelect: () => changes.remove(target) }]
      : []),
  ]
}
