import type { V2NodeAnswer } from '../../../api/answers.ts'
import { TOP, type TreeLevel, type TreeNode } from '../tree/tree-rows.ts'

/** A whole v2 tree as levels of the tree view. */
export interface V2Levels {
  readonly levels: ReadonlyMap<string, TreeLevel>
  readonly nodes: ReadonlyMap<string, TreeNode>
  /** Keys in it. */
  readonly count: number
  /** With a filter: directories that hold something it lets through. */
  readonly opened: ReadonlySet<string>
}

interface Building {
  readonly answer: V2NodeAnswer
  /** Identity of the directory it lies in. */
  readonly parent: string
  /** Index of that directory in the order of the walk; -1: none. */
  readonly above: number
}

const identity = (key: string) => `t${key}`

/** `filter` keeps keys and directories whose name holds it, in any case, and what they lie in. Without recursion: it may be deep. */
export function toV2Levels(root: V2NodeAnswer, filter: string): V2Levels {
  const walk = listAll(root)
  const counts = new Uint32Array(walk.length)
  const isKept = new Uint8Array(walk.length)
  const wanted = filter.toLowerCase()
  // children come behind their parents
  for (let at = walk.length - 1; at > 0; at -= 1) {
    const one = walk[at]
    if (!one) continue
    if (!one.answer.dir) counts[at] = 1
    if (wanted === '' || nameOf(one.answer.key).toLowerCase().includes(wanted)) isKept[at] = 1
    counts[one.above] = (counts[one.above] ?? 0) + (counts[at] ?? 0)
    if (isKept[at]) isKept[one.above] = 1
  }
  const levels = new Map<string, { nodes: TreeNode[]; cursor: null }>([[TOP, { nodes: [], cursor: null }]])
  const nodes = new Map<string, TreeNode>()
  const opened = new Set<string>()
  for (const [at, { answer, parent }] of walk.entries()) {
    if (at === 0 || !isKept[at]) continue
    const siblings = levels.get(parent)?.nodes ?? []
    const node = toNode(answer, parent, siblings.length, counts[at] ?? 0)
    siblings.push(node)
    nodes.set(node.id, node)
    if (answer.dir) levels.set(node.id, { nodes: [], cursor: null })
    if (wanted !== '' && parent !== TOP) opened.add(parent)
  }
  return { levels, nodes, count: counts[0] ?? 0, opened }
}

/** In an order in which children come behind their parents, and siblings one behind the other. */
function listAll(root: V2NodeAnswer): readonly Building[] {
  const walk: Building[] = [{ answer: root, parent: '', above: -1 }]
  for (let at = 0; at < walk.length; at += 1) {
    const one = walk[at]
    if (!one) continue
    const parent = at === 0 ? TOP : identity(one.answer.key)
    for (const answer of childrenOf(one.answer)) walk.push({ answer, parent, above: at })
  }
  return walk
}

const toNode = (answer: V2NodeAnswer, parent: string, place: number, count: number): TreeNode => ({
  id: identity(answer.key),
  isDirectory: answer.dir,
  isKey: !answer.dir,
  count,
  hasLease: answer.ttl !== undefined,
  parent,
  place,
})

// the client's types lose a type that holds itself
const childrenOf = ({ nodes }: V2NodeAnswer) => (nodes ?? []) as readonly V2NodeAnswer[]

const nameOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1)
