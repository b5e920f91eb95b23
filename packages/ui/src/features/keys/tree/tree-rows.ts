import type { KeyNodeAnswer } from '../../../api/answers.ts'
import type { Problem } from '../../../api/problem.ts'
import { bytesOfIdentity, identityOfNamed } from '../key-name.ts'

/** What is loaded of one directory. */
export interface TreeLevel {
  readonly nodes: readonly TreeNode[]
  /** Of the next page; null: there is none; undefined: nothing has come yet. */
  readonly cursor: string | null | undefined
  /** Why the next page is not there. */
  readonly problem?: Problem | undefined
  /** The revision of its pages was compacted meanwhile: it was read anew from its beginning. */
  readonly hasBegunAgain?: boolean
}

/** A key, a directory, or both. Its bytes are made when they are asked for: 200,000 nodes would be too heavy with them. */
export interface TreeNode {
  readonly id: string
  readonly isDirectory: boolean
  readonly isKey: boolean
  /** Keys below a directory. */
  readonly count: number
  readonly hasLease: boolean
  /** Identity of the directory it lies in, `TOP` or that of a node. */
  readonly parent: string
  /** Index among its siblings. */
  readonly place: number
}

/** Identity of what is the root of the tree; no key has it. */
export const TOP = ''

export type TreeRow =
  | { readonly kind: 'node'; readonly node: TreeNode; readonly depth: number; readonly isOpen: boolean }
  /** Stands for what is not loaded of a directory: it is on its way, or why not. */
  | { readonly kind: 'rest'; readonly directory: string; readonly depth: number; readonly level?: TreeLevel }

/** What is beyond is not loaded: the list would be higher than browsers can scroll. */
export const MAX_ROWS = 200_000

/** Rows of all that is open, from the top down; never listed as a whole. */
export interface TreeRows {
  readonly length: number
  readonly at: (index: number) => TreeRow | undefined
  /** -1: it is not loaded, or in a closed directory. */
  readonly indexOf: (node: TreeNode | undefined) => number
  /** Row of the directory that this row is in; -1: the root, which has none. */
  readonly parentOf: (index: number) => number
  /** Directories with a row of what is missing from `from` until before `to`. */
  readonly restsIn: (from: number, to: number) => readonly string[]
}

export const nodeKey = ({ id }: Pick<TreeNode, 'id'>): Uint8Array => bytesOfIdentity(id)

export const toTreeNode = (answer: KeyNodeAnswer, parent: string, place: number): TreeNode => ({
  id: identityOfNamed(answer),
  isDirectory: answer.dir,
  isKey: answer.modifiedIndex !== undefined,
  count: answer.count ?? 0,
  hasLease: answer.lease_id !== undefined,
  parent,
  place,
})

/** Siblings that stand together, or what is missing of their directory. */
interface Block {
  /** Index of its first row. */
  readonly start: number
  readonly directory: string
  readonly depth: number
  readonly level: TreeLevel | undefined
  /** Siblings from here until before `to`; none: it is the row of what is missing. */
  readonly from: number
  readonly to: number
}

export interface TreeState {
  /** By identity of the directory. */
  readonly levels: ReadonlyMap<string, TreeLevel>
  readonly open: ReadonlySet<string>
  readonly find: (id: string) => TreeNode | undefined
}

/** Takes time for each open directory, not for each row. */
export function toRows({ levels, open, find }: TreeState): TreeRows {
  const blocks = toBlocks({ levels, open, find })
  const last = blocks.at(-1)
  const length = last ? last.start + sizeOf(last) : 0
  const byDirectory = Map.groupBy(blocks, ({ directory }) => directory)

  const toRow = ({ start, directory, depth, level, from, to }: Block, index: number): TreeRow | undefined => {
    if (from === to) return { kind: 'rest', directory, depth, ...(level && { level }) }
    const node = level?.nodes[from + index - start]
    return node && { kind: 'node', node, depth, isOpen: node.isDirectory && open.has(node.id) }
  }
  const indexOf = (node: TreeNode | undefined): number => {
    const block =
      node && byDirectory.get(node.parent)?.find(({ from, to }) => node.place >= from && node.place < to)
    return node && block ? block.start + node.place - block.from : -1
  }
  return {
    length,
    at: (index) => {
      const block = index >= 0 && index < length ? blocks[blockAt(blocks, index)] : undefined
      return block && toRow(block, index)
    },
    indexOf,
    parentOf: (index) => {
      const block = blocks[blockAt(blocks, index)]
      return block ? indexOf(find(block.directory)) : -1
    },
    restsIn: (from, to) => {
      const found: string[] = []
      for (let at = Math.max(0, blockAt(blocks, from)); at < blocks.length; at += 1) {
        const block = blocks[at]
        if (!block || block.start >= to) break
        if (block.from === block.to && block.start >= from) found.push(block.directory)
      }
      return found
    },
  }
}

/** Without recursion, since a tree may be deep. */
function toBlocks({ levels, open, find }: TreeState): readonly Block[] {
  const opened = openedPlaces(open, find)
  const blocks: Block[] = []
  let start = 0
  const add = (block: Omit<Block, 'start'>) => {
    blocks.push({ ...block, start })
    start += sizeOf(block)
  }
  const stack = [{ directory: TOP, depth: 0, from: 0, next: 0 }]
  for (let place = stack.at(-1); place; place = stack.at(-1)) {
    const { directory, depth, from } = place
    const level = levels.get(directory)
    const size = level?.nodes.length ?? 0
    const until = opened.get(directory)?.[place.next]
    const child = until === undefined ? undefined : level?.nodes[until]
    const to = child ? child.place + 1 : size
    if (to > from) add({ directory, depth, level, from, to })
    if (child) {
      place.from = to
      place.next += 1
      stack.push({ directory: child.id, depth: depth + 1, from: 0, next: 0 })
      continue
    }
    if (level?.cursor !== null) add({ directory, depth, level, from: size, to: size })
    stack.pop()
  }
  return blocks
}

/** Places of the open directories in each directory, in their order. */
function openedPlaces(open: ReadonlySet<string>, find: TreeState['find']): ReadonlyMap<string, number[]> {
  const places = new Map<string, number[]>()
  for (const id of open) {
    const node = find(id)
    if (!node?.isDirectory) continue
    const siblings = places.get(node.parent)
    if (siblings) siblings.push(node.place)
    else places.set(node.parent, [node.place])
  }
  for (const siblings of places.values()) siblings.sort((a, b) => a - b)
  return places
}

const sizeOf = ({ from, to }: Pick<Block, 'from' | 'to'>): number => Math.max(1, to - from)

/** The last block that begins at or before the row; -1: there is none. */
function blockAt(blocks: readonly Block[], index: number): number {
  let low = 0
  let high = blocks.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((blocks[middle]?.start ?? 0) <= index) low = middle + 1
    else high = middle
  }
  return low - 1
}
