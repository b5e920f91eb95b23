import { startsWith } from '@etcdmonitor/core/keys/bytes'
import { type Accessor, createMemo, createSignal } from 'solid-js'
import type { KeyNodeAnswer } from '../../../api/answers.ts'
import type { Problem } from '../../../api/problem.ts'
import { identityOfNamed } from '../key-name.ts'
import { nodeKey, type TreeLevel, type TreeNode, type TreeRows, toRows, toTreeNode } from './tree-rows.ts'

/** What is loaded of closed directories, ms. */
const KEPT_FOR = 300_000
const MAX_KEPT = 50_000

/** What is loaded and what is open. Opening a directory again soon shows what was there. */
export interface TreeStore {
  readonly rows: Accessor<TreeRows>
  readonly level: (directory: string) => TreeLevel | undefined
  readonly find: (id: string) => TreeNode | undefined
  readonly isOpen: (directory: string) => boolean
  readonly openDirectories: () => readonly string[]
  readonly replace: (directory: string, nodes: readonly KeyNodeAnswer[], cursor: string | null) => void
  readonly append: (directory: string, nodes: readonly KeyNodeAnswer[], cursor: string | null) => void
  /** The key has been written: what its row says of it. */
  readonly update: (node: KeyNodeAnswer) => void
  /** What is loaded of it is not true any more; opening it reads it anew. */
  readonly forget: (directory: string) => void
  readonly fail: (directory: string, problem: Problem) => void
  /** It is asked for again: the problem is not said any more. */
  readonly forgive: (directory: string) => void
  /** It was read anew from its beginning. */
  readonly note: (directory: string) => void
  readonly setOpen: (directories: readonly string[], isOpen: boolean) => void
  /** Closes what begins with `prefix`, and the directory itself; which they were. */
  readonly closeBelow: (directory: string, prefix: Uint8Array) => readonly string[]
  readonly forgetClosed: () => void
}

export function createTreeStore(): TreeStore {
  const levels = new Map<string, TreeLevel>()
  const nodes = new Map<string, TreeNode>()
  const open = new Set<string>()
  /** When directories were closed whose level is kept, the oldest first. */
  const closedAt = new Map<string, number>()
  // the maps are changed in place: copies of 200,000 entries would take a frame each
  const [changes, setChanges] = createSignal(0)
  const changed = () => setChanges((count) => count + 1)
  const find = (id: string) => nodes.get(id)
  const rows = createMemo(() => {
    changes()
    return toRows({ levels, open, find })
  })

  const forget = (directory: string) => {
    const gone = [directory]
    for (let one = gone.pop(); one !== undefined; one = gone.pop()) {
      for (const { id, isDirectory } of levels.get(one)?.nodes ?? []) {
        nodes.delete(id)
        if (isDirectory && levels.has(id)) gone.push(id)
      }
      levels.delete(one)
      closedAt.delete(one)
    }
  }
  const forgetOld = () => {
    let kept = [...closedAt.keys()].reduce((sum, id) => sum + (levels.get(id)?.nodes.length ?? 0), 0)
    for (const [id, at] of closedAt) {
      if (kept <= MAX_KEPT && Date.now() - at < KEPT_FOR) continue
      kept -= levels.get(id)?.nodes.length ?? 0
      forget(id)
    }
  }
  const add = (directory: string, answers: readonly KeyNodeAnswer[], into: TreeNode[]) => {
    for (const answer of answers) {
      const node = toTreeNode(answer, directory, into.length)
      into.push(node)
      nodes.set(node.id, node)
    }
  }
  const close = (id: string) => {
    if (open.delete(id) && levels.has(id)) closedAt.set(id, Date.now())
  }

  return {
    rows,
    find,
    level: (directory) => {
      changes()
      return levels.get(directory)
    },
    isOpen: (directory) => open.has(directory),
    openDirectories: () => [...open].filter((id) => nodes.has(id)),
    replace: (directory, answers, cursor) => {
      const into: TreeNode[] = []
      for (const { id } of levels.get(directory)?.nodes ?? []) nodes.delete(id)
      add(directory, answers, into)
      for (const { id } of levels.get(directory)?.nodes ?? []) if (!nodes.has(id)) forget(id)
      levels.set(directory, { nodes: into, cursor })
      changed()
    },
    append: (directory, answers, cursor) => {
      const before = levels.get(directory)
      const into = (before?.nodes ?? []) as TreeNode[] // made here, and nobody else's
      add(directory, answers, into)
      levels.set(directory, { ...before, nodes: into, cursor })
      changed()
    },
    update: (answer) => {
      const before = find(identityOfNamed(answer))
      const level = before && levels.get(before.parent)
      if (!before || !level) return
      const node = { ...before, hasLease: answer.lease_id !== undefined }
      const siblings = level.nodes as TreeNode[] // made here, and nobody else's
      siblings[before.place] = node
      nodes.set(node.id, node)
      changed()
    },
    forget: (directory) => {
      forget(directory)
      changed()
    },
    fail: (directory, problem) => {
      const before = levels.get(directory)
      levels.set(directory, { nodes: before?.nodes ?? [], cursor: before?.cursor, problem })
      changed()
    },
    forgive: (directory) => {
      const before = levels.get(directory)
      if (!before?.problem) return
      levels.set(directory, { nodes: before.nodes, cursor: before.cursor })
      changed()
    },
    note: (directory) => {
      const level = levels.get(directory)
      if (level) levels.set(directory, { ...level, hasBegunAgain: true })
      changed()
    },
    setOpen: (directories, isOpen) => {
      for (const id of directories) {
        if (!isOpen) close(id)
        else {
          open.add(id)
          closedAt.delete(id)
        }
      }
      forgetOld()
      changed()
    },
    closeBelow: (directory, prefix) => {
      const below = [...open].filter((id) => id === directory || startsWith(nodeKey({ id }), prefix))
      below.forEach(close)
      forgetOld()
      changed()
      return below
    },
    forgetClosed: () => {
      ;[...closedAt.keys()].forEach(forget)
      changed()
    },
  }
}
