import type { V2Node } from '@etcdmonitor/core/ports/etcd-v2'
import { z } from '@hono/zod-openapi'

/** A key or a directory of the v2 store (api.md 7). */
export interface V2KeyNode {
  readonly key: string
  readonly dir: boolean
  readonly createdIndex?: number | undefined
  readonly modifiedIndex?: number | undefined
  readonly ttl?: number | undefined
  readonly value?: string | undefined
  readonly nodes?: readonly V2KeyNode[] | undefined
}

export const V2KeyNodeAnswer: z.ZodType<V2KeyNode> = z
  .object({
    key: z.string(),
    dir: z.boolean(),
    createdIndex: z.int().optional(),
    modifiedIndex: z.int().optional(),
    ttl: z.int().optional(),
    value: z.string().optional(),
    get nodes(): z.ZodOptional<z.ZodReadonly<z.ZodArray<z.ZodType<V2KeyNode>>>> {
      return z.array(V2KeyNodeAnswer).readonly().optional()
    },
  })
  .openapi('V2KeyNode')

export interface V2Tree {
  readonly node: V2KeyNode
  /** Keys deeper than 256 levels hang in the last one. */
  readonly isFolded: boolean
  /** Keys in it, directories left out. */
  readonly keys: readonly string[]
}

const MAX_DEPTH = 256

type Building = { -readonly [K in keyof Omit<V2KeyNode, 'nodes'>]: V2KeyNode[K] } & { nodes?: Building[] }

interface Open {
  readonly source: V2Node
  /** Where what lies in it is hung. */
  readonly into: Building[]
  readonly depth: number
}

/** A tree as answers show it; `withValues`: of the keys. Without recursion: it may be deep. */
export function toV2Tree(source: V2Node, withValues: boolean): V2Tree {
  const keys: string[] = []
  let isFolded = false
  const toNode = (node: V2Node): Building => {
    if (!node.dir) keys.push(node.key)
    return {
      key: node.key,
      dir: node.dir,
      ...(node.createdIndex > 0 && { createdIndex: node.createdIndex, modifiedIndex: node.modifiedIndex }),
      ...(node.ttlSeconds !== undefined && { ttl: node.ttlSeconds }),
      ...(withValues && node.value !== undefined && { value: node.value }),
    }
  }
  const top = toNode(source)
  if (!source.dir) return { node: top, isFolded, keys }
  top.nodes = []
  const open: Open[] = [{ source, into: top.nodes, depth: 1 }]
  for (let one = open.pop(); one; one = open.pop()) {
    const { into, depth } = one
    for (const child of one.source.nodes ?? []) {
      const isTooDeep = child.dir && depth > MAX_DEPTH
      isFolded ||= isTooDeep
      if (isTooDeep) {
        open.push({ source: child, into, depth })
        continue
      }
      const node = toNode(child)
      into.push(node)
      if (!child.dir || !child.nodes) continue
      node.nodes = []
      open.push({ source: child, into: node.nodes, depth: depth + 1 })
    }
  }
  return { node: top, isFolded, keys }
}
