import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { showBytes } from '@etcdmonitor/core/keys/show-key'
import { type Accessor, createMemo, createSignal } from 'solid-js'
import { SHAPES, type V2NodeAnswer, type V2TreeAnswer } from '../../../api/answers.ts'
import { useClient } from '../../../api/client-context.ts'
import type { Problem } from '../../../api/problem.ts'
import { currentSession } from '../../../api/session.ts'
import { createProblem, createQuery } from '../../../primitives/create-query.ts'
import { ONCE } from '../key/key-query.ts'
import { bytesOfIdentity } from '../key-name.ts'
import { KEY_TIMEOUT } from '../key-timeout.ts'
import type { TreeSource } from '../tree/key-tree.ts'
import { MAX_ROWS, TOP, toRows } from '../tree/tree-rows.ts'
import { toV2Levels } from './v2-tree-levels.ts'

export const V2_SEPARATOR = toUtf8('/')

export interface V2Tree extends TreeSource {
  readonly isLoading: Accessor<boolean>
  /** Keys in all; undefined: nothing has come yet. */
  readonly count: Accessor<number | undefined>
  /** Unix ms by the browser's clock. */
  readonly readAt: Accessor<number>
  readonly problem: Accessor<Problem | undefined>
  readonly reveal: (key: string) => void
  readonly refresh: () => void
}

/** The whole tree below a directory: etcd gives no pages of it. `filter` is a part of names. */
export function createV2Tree(directory: Accessor<string>, filter: Accessor<string>): V2Tree {
  const client = useClient()
  const query = createQuery<V2TreeAnswer>(() => {
    const key = directory()
    return {
      queryKey: ['kv', 'v2', 'getpath', key],
      queryFn: ({ signal }) =>
        client.get(
          'kv/v2/getpath',
          { key, keys_only: 'true' },
          { shape: SHAPES.v2Tree, signal, timeout: KEY_TIMEOUT },
        ),
      enabled: currentSession() !== undefined,
      structuralSharing: false,
      gcTime: 0, // an API that was away is asked anew
      ...ONCE,
    }
  })
  const problem = createProblem(query, directory)
  const [open, setOpen] = createSignal<ReadonlySet<string>>(new Set())
  const root = createMemo(() => query().data?.node as V2NodeAnswer | undefined)
  const built = createMemo(() => {
    const node = root()
    return node && toV2Levels(node, filter())
  })
  const find = (id: string) => built()?.nodes.get(id)
  const shownOpen = createMemo(() => {
    const opened = built()?.opened
    return opened && opened.size > 0 ? new Set([...open(), ...opened]) : open()
  })
  const rows = createMemo(() => toRows({ levels: built()?.levels ?? new Map(), open: shownOpen(), find }))
  const change = (alter: (next: Set<string>) => void) => {
    const next = new Set(open())
    alter(next)
    setOpen(next)
  }
  return {
    rows,
    find,
    isLoading: () => query().isPending && !problem(),
    count: () => built()?.count,
    readAt: () => query().dataUpdatedAt,
    problem,
    isFull: () => rows().length >= MAX_ROWS,
    problemOf: () => undefined,
    siblingsOf: ({ parent }) => built()?.levels.get(parent)?.nodes.length ?? -1,
    missingIn: () => undefined,
    prefixOf: (id) => v2Prefix(id === TOP ? directory() : showBytes(bytesOfIdentity(id))),
    loadMore: () => {},
    setOpen: (id, isOpen) => change((next) => (isOpen ? next.add(id) : next.delete(id))),
    closeBelow: (id) =>
      change((next) => {
        for (const one of next) if (one === id || one.startsWith(`${id}/`)) next.delete(one)
      }),
    reveal: (key) =>
      change((next) => {
        for (let at = key.indexOf('/', 1); at >= 0; at = key.indexOf('/', at + 1))
          next.add(`t${key.slice(0, at)}`)
      }),
    refresh: () => void query().refetch(),
  }
}

const v2Prefix = (directory: string): Uint8Array => toUtf8(directory === '/' ? '/' : `${directory}/`)
