import { toText } from '@etcdmonitor/core/keys/show-key'
import { type Accessor, createEffect, createMemo, createSignal, on } from 'solid-js'
import { useClient } from '../../../api/client-context.ts'
import type { KeySelection } from '../../../url/keys-url.ts'
import type { ValueSearch } from '../../value/first-match.ts'
import type { KeysPlaceState } from '../create-keys-place.ts'
import type { KeyChange } from '../key-change.ts'
import { directoryPrefix, identityOf } from '../key-name.ts'
import { createKeyRights, directoryOf, type KeyRights } from '../key-rights.ts'
import { createKeyChanges, type KeyChanges } from '../save/create-key-changes.ts'
import type { FindChoice } from '../search/find-choices.ts'
import { createKeyTree, type KeyTree } from '../tree/key-tree.ts'

/** What the three views of the v3 keys share. */
export interface BrowserState extends KeysPlaceState {
  readonly separator: Uint8Array
  readonly rights: KeyRights
  readonly changes: KeyChanges
  readonly selection: Accessor<KeySelection | undefined>
  readonly select: (next: KeySelection | undefined) => void
  readonly open: (key: Uint8Array) => void
  /** What all keys begin with that are shown; of the tree it is that of a directory. */
  readonly prefix: Accessor<Uint8Array>
  readonly treePrefix: Accessor<Uint8Array>
  readonly tree: Accessor<KeyTree>
  /** What is searched for in values; undefined: nothing. */
  readonly wanted: Accessor<ValueSearch | undefined>
  /** Where the list begins; undefined: with the first key. */
  readonly from: Accessor<Uint8Array | undefined>
  readonly setFrom: (from: Uint8Array | undefined) => void
  readonly find: (choice: FindChoice) => void
  /** How often the page was asked to read again. */
  readonly refreshes: Accessor<number>
  readonly refresh: () => void
  /** What was written here last. */
  readonly change: Accessor<KeyChange | undefined>
  readonly follow: (change: KeyChange) => void
}

const EVERYTHING = new Uint8Array()
const BY_BYTES = { equals: (a: Uint8Array, b: Uint8Array) => identityOf(a) === identityOf(b) }

export function createBrowserState(state: KeysPlaceState, separator: Uint8Array): BrowserState {
  const { place, go } = state
  const client = useClient()
  const rights = createKeyRights()
  const changes = createKeyChanges(rights, separator)
  const selection = createMemo(() => place().selection, undefined, { equals: isSame })
  const select = (next: KeySelection | undefined) => go({ selection: next })
  const open = (key: Uint8Array) => select({ key, isDirectory: false })

  // who may read only some ranges begins at the first of them
  const prefix = createMemo(
    () => {
      const first = rights.grants()?.read[0]
      return place().at.length === 0 && first ? directoryOf(first, separator) : place().at
    },
    EVERYTHING,
    BY_BYTES,
  )
  const treePrefix = createMemo(() => directoryPrefix(prefix(), separator), EVERYTHING, BY_BYTES)
  const tree = createMemo(() =>
    createKeyTree({
      client,
      separator,
      prefix: treePrefix(),
      onProblem: ({ code }) => {
        if (code === 'permission_denied') rights.askAgain()
      },
    }),
  )
  createEffect(
    on([selection, tree], ([now, shown]) => {
      if (now) shown.reveal(now.key)
    }),
  )

  const wanted = createMemo(
    () => {
      const { view, field, q, isCased } = place()
      return view === 'search' && field === 'value' && q !== '' ? { q, isCased } : undefined
    },
    undefined,
    { equals: (a, b) => a?.q === b?.q && a?.isCased === b?.isCased },
  )
  const [refreshes, setRefreshes] = createSignal(0)
  const [from, setFrom] = createSignal<Uint8Array>()
  const [change, setChange] = createSignal<KeyChange>()
  const search = (q: string) => {
    if (place().view === 'search' && place().q === q) setRefreshes((count) => count + 1)
    else go({ view: 'search', q })
  }
  return {
    ...state,
    separator,
    rights,
    changes,
    selection,
    select,
    open,
    prefix,
    treePrefix,
    tree,
    wanted,
    from,
    setFrom,
    find: ({ act, target }) => {
      if (act === 'open') open(target)
      else if (act === 'browse') go({ view: 'tree', at: target, selection: undefined })
      else if (act === 'search') search(toText(target) ?? '')
      else {
        setFrom(target)
        go({ view: 'list' })
      }
    },
    refreshes,
    refresh: () => {
      rights.askAgain()
      tree().refresh()
      setRefreshes((count) => count + 1)
    },
    change,
    follow: (done) => {
      tree().follow(done)
      setChange(done)
    },
  }
}

const isSame = (a: KeySelection | undefined, b: KeySelection | undefined): boolean =>
  a && b ? a.isDirectory === b.isDirectory && identityOf(a.key) === identityOf(b.key) : a === b
