import type { MenuAction } from '../../../components/ContextMenu.tsx'
import type { KeysMessages } from '../../../i18n/keys-messages.ts'
import type { KeySelection, KeysPlace } from '../../../url/keys-url.ts'
import { prefixBelow } from '../key-name.ts'
import type { KeyChanges } from '../save/create-key-changes.ts'
import { nodeKey, type TreeNode } from './tree-rows.ts'

export interface NodeActionsDeps {
  readonly separator: Uint8Array
  readonly changes: KeyChanges
  readonly texts: KeysMessages['keyBrowser']['menu']
  readonly onCopy: (key: Uint8Array) => void
  readonly onGo: (changes: Partial<KeysPlace>) => void
}

/** What can be done with a node of the v3 tree, beside opening and closing it. */
export function nodeActions(node: TreeNode, deps: NodeActionsDeps): readonly MenuAction[] {
  const { separator, changes, texts, onGo } = deps
  const key = nodeKey(node)
  const below = prefixBelow(key, separator)
  const remove = (text: string, target: KeySelection): readonly MenuAction[] =>
    changes.mayRemove(target) ? [{ text, isDanger: true, onSelect: () => changes.remove(target) }] : []
  return [
    { text: texts.copy, onSelect: () => deps.onCopy(key) },
    ...(node.isDirectory
      ? [
          { text: texts.browse, onSelect: () => onGo({ at: below, selection: undefined }) },
          { text: texts.search, onSelect: () => onGo({ view: 'search', at: below, selection: undefined }) },
        ]
      : []),
    ...(changes.isAllowed() ? [{ text: texts.create, onSelect: () => changes.createIn(node, below) }] : []),
    ...(node.isKey ? remove(texts.remove, { key, isDirectory: false }) : []),
    ...(node.isDirectory ? remove(texts.removeBelow, { key, isDirectory: true }) : []),
  ]
}
