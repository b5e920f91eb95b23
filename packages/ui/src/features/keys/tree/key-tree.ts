import { type Accessor, createMemo, createSignal, onCleanup } from 'solid-js'
import { type ChildrenAnswer, type KeyNodeAnswer, SHAPES } from '../../../api/answers.ts'
import { type Client, isProblem } from '../../../api/client.ts'
import type { Problem } from '../../../api/problem.ts'
import type { KeySelection } from '../../../url/keys-url.ts'
import type { KeyChange } from '../key-change.ts'
import { bytesOfIdentity, prefixBelow, prefixParams } from '../key-name.ts'
import { KEY_TIMEOUT } from '../key-timeout.ts'
import { createRequestQueue } from './request-queue.ts'
import { MAX_ROWS, TOP, type TreeLevel, type TreeNode, type TreeRows } from './tree-rows.ts'
import { createTreeStore } from './tree-store.ts'
import { wayTo } from './tree-way.ts'

const PAGE = '500'
/** Pages of one directory that are loaded by themselves, to find a key or to show again what was shown. */
const MAX_PAGES = 20

/** What is said of a cursor that holds no more. */
const BEGIN_AGAIN: ReadonlySet<string> = new Set(['revision_compacted', 'validation_failed'])

/** What the tree view needs of a tree. Directories are named by their identity, the root by `TOP`. */
export interface TreeSource {
  readonly rows: Accessor<TreeRows>
  readonly isFull: Accessor<boolean>
  readonly find: (id: string) => TreeNode | undefined
  /** Why the next page of a directory is not there. */
  readonly problemOf: (directory: string) => Problem | undefined
  /** How many nodes lie beside this one; -1: not all are loaded. */
  readonly siblingsOf: (node: TreeNode) => number
  /** How many keys are in a directory of plain keys that are not loaded; undefined: it cannot be told. */
  readonly missingIn: (directory: string) => number | undefined
  /** What the keys of a directory begin with. */
  readonly prefixOf: (directory: string) => Uint8Array
  /** The next page of a directory; one at a time. */
  readonly loadMore: (directory: string) => void
  readonly setOpen: (directory: string, isOpen: boolean) => void
  /** Closes all that lies in a directory, and itself. */
  readonly closeBelow: (directory: string) => void
}

export interface KeyTree extends TreeSource {
  /** Of the root: keys in all, and how they were read. */
  readonly top: Accessor<TreeTop | undefined>
  readonly root: Accessor<TreeLevel | undefined>
  /** Opens the way to a key, and loads its directories until it is there, or it would take too many pages. */
  readonly reveal: (key: Uint8Array) => void
  /** Where the newest `reveal` gave up, until more pages bring what it looked for. */
  readonly beyond: Accessor<Beyond | undefined>
  /** All that is open, from its first page; what is shown stays until it is there. */
  readonly refresh: () => void
  /** Own writes are seen at once: what they can have changed is read again, and nothing else. */
  readonly follow: (change: KeyChange) => void
}

/** The way to a key goes on in a directory behind as many nodes as are loaded. */
export interface Beyond {
  readonly directory: string
  readonly loaded: number
}

export interface TreeTop {
  readonly count: number
  readonly revision: number
  readonly memberId: string
  readonly isLimited: boolean
  readonly at: number
}

interface Running {
  readonly abort: AbortController
  readonly done: Promise<boolean>
}

export interface KeyTreeOptions {
  readonly client: Client
  readonly separator: Uint8Array
  /** What all keys of the tree begin with: empty, or ending with the separator. */
  readonly prefix: Uint8Array
  readonly onProblem: (problem: Problem) => void
}

/** Directories that are read when they are opened, and never by themselves later. */
export function createKeyTree({ client, separator, prefix, onProblem }: KeyTreeOptions): KeyTree {
  const store = createTreeStore()
  const queue = createRequestQueue()
  const [top, setTop] = createSignal<TreeTop>()
  const running = new Map<string, Running>()
  const isFull = createMemo(() => store.rows().length >= MAX_ROWS)
  let wanted: Uint8Array | undefined
  const [missed, setMissed] = createSignal<{ readonly directory: string; readonly step: string }>()

  const prefixOf = (directory: string) =>
    directory === TOP ? prefix : prefixBelow(bytesOfIdentity(directory), separator)
  const stop = (directory: string) => {
    running.get(directory)?.abort.abort()
    running.delete(directory)
  }
  onCleanup(() => [...running.keys()].forEach(stop))

  /** False: it was stopped, or failed. */
  function load(directory: string, cursor: string | undefined): Promise<boolean> {
    stop(directory)
    const abort = new AbortController()
    const done = loadPage(directory, cursor, abort.signal).finally(() => {
      if (running.get(directory)?.abort === abort) running.delete(directory)
    })
    running.set(directory, { abort, done })
    return done
  }

  async function loadPage(
    directory: string,
    cursor: string | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    store.forgive(directory)
    try {
      const answer = await queue.run(() => ask(directory, cursor, signal), signal)
      if (cursor === undefined) store.replace(directory, nodesOf(answer), answer.cursor)
      else store.append(directory, nodesOf(answer), answer.cursor)
      if (directory === TOP && cursor === undefined) setTop(toTop(answer))
      return true
    } catch (error) {
      if (signal.aborted) return false
      if (!isProblem(error)) throw error
      // the revision or the data of the first page are gone: the pages before would not fit those after
      if (cursor !== undefined && BEGIN_AGAIN.has(error.code)) {
        const isLoaded = await load(directory, undefined)
        if (isLoaded) store.note(directory)
        return isLoaded
      }
      store.fail(directory, error)
      onProblem(error)
      return false
    }
  }

  const ask = (directory: string, cursor: string | undefined, signal: AbortSignal) =>
    client.get<ChildrenAnswer>(
      'kv/v3/children',
      { ...prefixParams(prefixOf(directory)), limit: PAGE, cursor },
      { shape: SHAPES.children, signal, timeout: KEY_TIMEOUT },
    )

  const loadMore = async (directory: string): Promise<boolean> =>
    running.get(directory)?.done ??
    (isFull() ? false : load(directory, store.level(directory)?.cursor ?? undefined))

  const setOpen = (directory: string, isOpen: boolean) => {
    store.setOpen([directory], isOpen)
    if (!isOpen) stop(directory)
    else if (!store.level(directory)) void loadMore(directory)
  }

  /** Pages of a directory until `isEnough`, or there are no more. */
  async function loadUntil(directory: string, isEnough: () => boolean): Promise<void> {
    for (let page = 0; page < MAX_PAGES && !isEnough(); page += 1) {
      if (store.level(directory)?.cursor === null) return
      // one that was stopped for another has that to wait for
      if (!(await loadMore(directory)) && !running.has(directory)) return
    }
  }

  async function reveal(key: Uint8Array): Promise<void> {
    wanted = key
    setMissed(undefined)
    const steps = wayTo(key, prefix, separator)
    store.setOpen(steps.slice(0, -1), true)
    let directory = TOP
    for (const step of steps) {
      const isThere = () => wanted !== key || store.find(step) !== undefined
      await loadUntil(directory, isThere)
      if (wanted !== key) return
      if (!store.find(step)) {
        setMissed({ directory, step })
        return
      }
      directory = step
    }
  }

  const beyond = (): Beyond | undefined => {
    const at = missed()
    if (!at) return undefined
    const level = store.level(at.directory)
    // without a cursor there is no more: the key does not exist
    if (!level?.cursor || level.problem || store.find(at.step)) return undefined
    return { directory: at.directory, loaded: level.nodes.length }
  }

  async function reload(directory: string): Promise<void> {
    const before = store.level(directory)?.nodes.length ?? 0
    if (!(await load(directory, undefined))) return
    await loadUntil(directory, () => (store.level(directory)?.nodes.length ?? 0) >= before)
  }

  /** The directories on the way to a key: which nodes they have, and their counts, come with their levels. */
  async function reloadWay({ key, isDirectory }: KeySelection): Promise<void> {
    const way = wayTo(key, prefix, separator)
    for (const directory of [TOP, ...way.slice(0, -1)]) {
      if (!store.level(directory)) continue
      if (directory === TOP || store.isOpen(directory)) await reload(directory)
      else store.forget(directory)
    }
    const last = way.at(-1)
    if (isDirectory && last !== undefined && !store.find(last)?.isDirectory) store.forget(last)
  }

  async function refresh(): Promise<void> {
    store.forgetClosed()
    await reload(TOP)
    await Promise.all(store.openDirectories().map(reload))
  }

  return {
    rows: store.rows,
    find: store.find,
    top,
    root: () => store.level(TOP),
    isFull,
    prefixOf,
    problemOf: (directory) => store.level(directory)?.problem,
    siblingsOf: ({ parent }) => {
      const level = store.level(parent)
      return level?.cursor === null ? level.nodes.length : -1
    },
    missingIn: (directory) => {
      const level = store.level(directory)
      const all = directory === TOP ? top()?.count : store.find(directory)?.count
      const loaded = level?.nodes.reduce((sum, { isKey, count }) => sum + count + (isKey ? 1 : 0), 0)
      return all !== undefined && loaded !== undefined && all > loaded ? all - loaded : undefined
    },
    loadMore: (directory) => void loadMore(directory),
    setOpen,
    closeBelow: (directory) => {
      const below = prefixOf(directory)
      for (const id of store.closeBelow(directory, below)) stop(id)
    },
    reveal: (key) => void reveal(key),
    beyond: createMemo(beyond),
    refresh: () => void refresh(),
    follow: (change) => {
      if (change.kind === 'saved') store.update(change.node)
      else if (change.target.key.length === 0) void refresh()
      else void reloadWay(change.target)
    },
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
