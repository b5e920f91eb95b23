import { type Accessor, createMemo, createSignal, onCleanup } from 'solid-js'
import { type ChildrenAnswer, type KeyNodeAnswer, SHAPES } from '../../api/answers.ts'
import { type Client, isProblem } from '../../api/client.ts'
import { identityOf, prefixBelow, prefixParams } from './key-name.ts'
import { MAX_ROWS, ROOT, type TreeLevel, type TreeRow, toRows, toTreeNode } from './tree-rows.ts'

const PAGE = '500'
/** Longer than the server's longest limit, so that its verdict arrives, ms. */
export const KEY_TIMEOUT = 65_000

export interface KeyTree {
  readonly rows: Accessor<readonly TreeRow[]>
  /** Of the root: keys in all, and how they were read. */
  readonly top: Accessor<TreeTop | undefined>
  readonly root: Accessor<TreeLevel | undefined>
  readonly isFull: Accessor<boolean>
  /** The next page of a directory; one at a time. */
  readonly loadMore: (directory: Uint8Array) => void
  readonly setOpen: (directory: Uint8Array, isOpen: boolean) => void
  /** All that is open, from its first page; what is shown stays until it is there. */
  readonly refresh: () => void
}

export interface TreeTop {
  readonly count: number
  readonly revision: number
  readonly memberId: string
  readonly isLimited: boolean
  readonly at: number
}

/** Directories that are read when they are opened, and never by themselves later. */
export function createKeyTree(client: Client, separator: Uint8Array): KeyTree {
  const [levels, setLevels] = createSignal<ReadonlyMap<string, TreeLevel>>(new Map())
  const [open, setOpen] = createSignal<ReadonlySet<string>>(new Set())
  const [top, setTop] = createSignal<TreeTop>()
  const running = new Map<string, AbortController>()
  const stop = (id: string) => {
    running.get(id)?.abort()
    running.delete(id)
  }
  onCleanup(() => [...running.keys()].forEach(stop))
  const rows = createMemo(() => toRows(levels(), open()))
  const isFull = () => rows().length >= MAX_ROWS

  const put = (id: string, level: TreeLevel) => setLevels((now) => new Map(now).set(id, level))

  async function load(directory: Uint8Array, cursor: string | undefined): Promise<void> {
    const id = identityOf(directory)
    stop(id)
    const abort = new AbortController()
    running.set(id, abort)
    const before = levels().get(id)
    if (before?.problem) put(id, { nodes: before.nodes, cursor: before.cursor })
    try {
      const answer = await ask(directory, cursor, abort.signal)
      if (abort.signal.aborted) return
      const nodes = nodesOf(answer).map(toTreeNode)
      put(id, {
        nodes: cursor === undefined ? nodes : [...(before?.nodes ?? []), ...nodes],
        cursor: answer.cursor,
      })
      if (directory.length === 0 && cursor === undefined) setTop(toTop(answer))
    } catch (error) {
      if (abort.signal.aborted) return
      if (!isProblem(error)) throw error
      // the revision of the first page is gone: the pages before would not fit those after
      if (error.code === 'revision_compacted' && cursor !== undefined) return load(directory, undefined)
      put(id, { nodes: before?.nodes ?? [], cursor: before?.cursor, problem: error })
    } finally {
      if (running.get(id) === abort) running.delete(id)
    }
  }

  const ask = (directory: Uint8Array, cursor: string | undefined, signal: AbortSignal) =>
    client.get<ChildrenAnswer>(
      'kv/v3/children',
      { ...prefixParams(prefixBelow(directory, separator)), limit: PAGE, cursor },
      { shape: SHAPES.children, signal, timeout: KEY_TIMEOUT },
    )

  return {
    rows,
    top,
    root: () => levels().get(identityOf(ROOT)),
    isFull,
    loadMore: (directory) => {
      const id = identityOf(directory)
      if (!running.has(id)) void load(directory, levels().get(id)?.cursor ?? undefined)
    },
    setOpen: (directory, isOpen) => {
      const id = identityOf(directory)
      const next = new Set(open())
      if (isOpen) next.add(id)
      else next.delete(id)
      setOpen(next)
      if (isOpen) return
      stop(id)
      setLevels((now) => new Map([...now].filter(([other]) => other !== id)))
    },
    refresh: () => void refreshAll(),
  }

  async function refreshAll(): Promise<void> {
    await load(ROOT, undefined)
    const shown = rows().flatMap((row) => (row.kind === 'node' && row.isOpen ? [row.node.key] : []))
    for (const directory of shown) await load(directory, undefined)
  }
}

// the client's types lose a type that holds itself
const nodesOf = ({ node }: ChildrenAnswer) => (node.nodes ?? []) as readonly KeyNodeAnswer[]

const toTop = ({ node, revision, member_id: memberId, limited }: ChildrenAnswer): TreeTop => ({
  count: node.count ?? 0,
  revision,
  memberId,
  isLimited: limited === true,
  at: Date.now(),
})
