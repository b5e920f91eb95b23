import { compareBytes, concatBytes } from '@etcdmonitor/core/keys/bytes'
import type { KeyEntry } from '@etcdmonitor/core/keys/key-entry'
import { createTreeWalk } from '@etcdmonitor/core/keys/walk-tree'
import { type KeyNode, nameOf } from './key-node.ts'

export interface BuiltTree {
  readonly nodes: readonly KeyNode[]
  readonly isFolded: boolean
}

/** A node with its place among its siblings. */
interface Placed {
  readonly place: Uint8Array
  readonly node: KeyNode
}

interface Opened {
  readonly id: Uint8Array
  readonly entry: KeyEntry | undefined
  readonly children: Placed[]
}

/** Sorted keys as nodes; `describe` says what makes a node a key. In byte order, a directory that is no key as its key and the separator. */
export function buildTree(
  entries: Iterable<KeyEntry>,
  { prefix, separator }: { readonly prefix: Uint8Array; readonly separator: Uint8Array },
  describe: (entry: KeyEntry) => object,
): BuiltTree {
  const top: Opened = { id: prefix, entry: undefined, children: [] }
  const open = [top]
  const here = () => open.at(-1) ?? top
  const walk = createTreeWalk(prefix, separator, {
    open: (id, entry) => open.push({ id, entry, children: [] }),
    key: (entry) =>
      here().children.push({
        place: entry.key,
        node: { ...nameOf(entry.key), dir: false, ...describe(entry) },
      }),
    close() {
      const { id, entry, children } = open.pop() ?? top
      const versions = entry && describe(entry)
      const node = { ...nameOf(id), dir: true, ...versions, nodes: inOrder(children) }
      here().children.push({ place: entry ? id : concatBytes(id, separator), node })
    },
  })
  for (const entry of entries) walk.add(entry)
  const isFolded = walk.end()
  return { nodes: inOrder(top.children), isFolded }
}

const inOrder = (children: readonly Placed[]): readonly KeyNode[] =>
  children.toSorted((a, b) => compareBytes(a.place, b.place)).map(({ node }) => node)
