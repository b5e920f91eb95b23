import { type Accessor, createSignal } from 'solid-js'
import type { KeySelection } from '../../../url/keys-url.ts'
import { directoryPrefix, prefixBelow } from '../key-name.ts'
import type { KeyRights } from '../key-rights.ts'
import { nodeKey, type TreeNode } from '../tree/tree-rows.ts'

/** What of a key is being created or deleted on the page: at most one thing. */
export interface KeyChanges {
  /** Some key may be changed here. */
  readonly isAllowed: Accessor<boolean>
  /** The beginning of the name of a key that is created. */
  readonly creating: Accessor<{ readonly prefix: Uint8Array } | undefined>
  /** What is deleted; a directory without a name: all that is shown. */
  readonly removing: Accessor<KeySelection | undefined>
  /** Whether the etcd user may write all of it. */
  readonly mayRemove: (target: KeySelection) => boolean
  readonly create: (prefix: Uint8Array) => void
  readonly createBeside: (selection: KeySelection | undefined, otherwise: Uint8Array) => void
  readonly createIn: (node: TreeNode | undefined, otherwise: Uint8Array) => void
  readonly remove: (target: KeySelection) => void
  /** All that is shown: asked only of who may write it. */
  readonly removeShown: () => void
  readonly close: () => void
}

export function createKeyChanges(rights: KeyRights, separator: Uint8Array): KeyChanges {
  const [creating, setCreating] = createSignal<{ readonly prefix: Uint8Array }>()
  const [removing, setRemoving] = createSignal<KeySelection>()
  const isAllowed = () => rights.isReadOnly() === false && rights.mayWriteAny()
  const mayRemove = ({ key, isDirectory }: KeySelection) =>
    isAllowed() && (isDirectory ? rights.mayWriteBelow(prefixBelow(key, separator)) : rights.mayWrite(key))
  const create = (prefix: Uint8Array) => {
    if (isAllowed()) setCreating({ prefix: prefix.length === 0 ? separator : prefix })
  }
  const createBeside = (selection: KeySelection | undefined, otherwise: Uint8Array) => {
    if (!selection) create(otherwise)
    else if (selection.isDirectory) create(prefixBelow(selection.key, separator))
    else create(directoryPrefix(selection.key, separator))
  }
  return {
    isAllowed,
    creating,
    removing,
    create,
    createBeside,
    createIn: (node, otherwise) =>
      createBeside(node && { key: nodeKey(node), isDirectory: node.isDirectory }, otherwise),
    mayRemove,
    remove: (target) => {
      if (mayRemove(target)) setRemoving(target)
    },
    removeShown: () => setRemoving({ key: new Uint8Array(), isDirectory: true }),
    close: () => {
      setCreating(undefined)
      setRemoving(undefined)
    },
  }
}
