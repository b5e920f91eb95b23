import type { KeyNodeAnswer } from '../../api/answers.ts'
import type { Problem } from '../../api/problem.ts'
import { bytesOf, identityOf } from './key-name.ts'

/** What is loaded of one directory. */
export interface TreeLevel {
  readonly nodes: readonly TreeNode[]
  /** Of the next page; null: there is none; undefined: nothing has come yet. */
  readonly cursor: string | null | undefined
  /** Why the next page is not there. */
  readonly problem?: Problem | undefined
}

export interface TreeNode {
  readonly id: string
  readonly key: Uint8Array
  readonly isDirectory: boolean
  readonly isKey: boolean
  /** Keys below a directory. */
  readonly count: number
  readonly hasLease: boolean
}

export type TreeRow =
  | { readonly kind: 'node'; readonly node: TreeNode; readonly depth: number; readonly isOpen: boolean }
  /** Stands for what is not loaded of a directory: it is on its way, or why not. */
  | {
      readonly kind: 'rest'
      readonly directory: Uint8Array
      readonly depth: number
      readonly level?: TreeLevel
    }

export const ROOT: Uint8Array = new Uint8Array()
const ROOT_ID = identityOf(ROOT)

/** What is beyond is not loaded: the list would be higher than browsers can scroll. */
export const MAX_ROWS = 200_000

export function toTreeNode(node: KeyNodeAnswer): TreeNode {
  const key = bytesOf(node)
  return {
    id: identityOf(key),
    key,
    isDirectory: node.dir,
    isKey: node.modifiedIndex !== undefined,
    count: node.count ?? 0,
    hasLease: node.lease_id !== undefined,
  }
}

/** The rows of all that is open, from the top down; without recursion, since a tree may be deep. */
export function toRows(
  levels: ReadonlyMap<string, TreeLevel>,
  open: ReadonlySet<string>,
): readonly TreeRow[] {
  const rows: TreeRow[] = []
  const stack = [{ directory: ROOT, id: ROOT_ID, depth: 0, at: 0 }]
  for (let place = stack.at(-1); place; place = stack.at(-1)) {
    const { directory, id, depth } = place
    const level = levels.get(id)
    const node = level?.nodes[place.at]
    place.at += 1
    if (!node) {
      if (level?.cursor !== null) rows.push({ kind: 'rest', directory, depth, ...(level && { level }) })
      stack.pop()
      continue
    }
    const isOpen = node.isDirectory && open.has(node.id)
    rows.push({ kind: 'node', node, depth, isOpen })
    if (isOpen) stack.push({ directory: node.key, id: node.id, depth: depth + 1, at: 0 })
  }
  return rows
}

/** The row of the directory that this row is in; -1: the root, which has none. */
export function parentRow(rows: readonly TreeRow[], at: number): number {
  const depth = rows[at]?.depth ?? 0
  for (let above = at - 1; above >= 0; above -= 1) if ((rows[above]?.depth ?? 0) < depth) return above
  return -1
}
