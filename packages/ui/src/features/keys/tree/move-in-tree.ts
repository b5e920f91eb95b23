import type { TreeRows } from './tree-rows.ts'

export interface TreeStep {
  readonly act: 'go' | 'choose' | 'toggle'
  readonly at: number
}

const PAGE_ROWS = 10

/** What a key does in the tree (ui.md 13.2); undefined: it is none of ours. */
export function moveInTree(key: string, rows: TreeRows, at: number): TreeStep | undefined {
  const row = rows.at(at)
  if (!row) return undefined
  const go = (to: number): TreeStep => ({ act: 'go', at: Math.max(0, Math.min(rows.length - 1, to)) })
  const isDirectory = row.kind === 'node' && row.node.isDirectory
  const isOpen = row.kind === 'node' && row.isOpen
  switch (key) {
    case 'ArrowDown':
      return go(at + 1)
    case 'ArrowUp':
      return go(at - 1)
    case 'PageDown':
      return go(at + PAGE_ROWS)
    case 'PageUp':
      return go(at - PAGE_ROWS)
    case 'Home':
      return go(0)
    case 'End':
      return go(rows.length - 1)
    case 'ArrowRight':
      if (!isDirectory) return undefined
      return isOpen ? go(at + 1) : { act: 'toggle', at }
    case 'ArrowLeft':
      if (isOpen) return { act: 'toggle', at }
      return go(Math.max(rows.parentOf(at), 0))
    case 'Enter':
    case ' ':
      return { act: 'choose', at }
    default:
      return undefined
  }
}
