import { commonLength, compareBytes, startsWith } from './bytes.ts'
import { childOf } from './child-of.ts'
import type { KeyEntry } from './key-entry.ts'

/** What a tree is made into. Calls nest: a directory that is opened is closed before the one around it. */
export interface TreeSink {
  /** `id` is a view, good during the call; `entry` is there when the directory is a key too. */
  open(id: Uint8Array, entry: KeyEntry | undefined): void
  key(entry: KeyEntry): void
  close(): void
}

export interface TreeWalk {
  /** In byte order, each key once, all with the prefix. The entry is kept until it is given out. */
  add(entry: KeyEntry): void
  /** Closes all but the top directory, which was never opened. True: keys deeper than 256 levels hang whole in the last one. */
  end(): boolean
}

const MAX_DEPTH = 256

/**
 * Makes sorted keys a tree without recursion: what it holds are the open directories, as lengths into the current key, and the plain keys
 * that may still turn out to be directories: etcd shows `a-b` between `a` and `a/x` (etcd.md 8.5). Such a key may come after siblings.
 */
export function createTreeWalk(prefix: Uint8Array, separator: Uint8Array, sink: TreeSink): TreeWalk {
  /** Lengths of their prefixes, the top first; `held` belongs to the one of the same index. */
  const open = [prefix.length]
  const held: KeyEntry[][] = [[]]
  let last: Uint8Array = prefix
  let isFolded = false

  const top = () => open.at(-1) ?? prefix.length
  const heldHere = () => held.at(-1) ?? []

  function close(): void {
    for (const entry of heldHere().toReversed()) sink.key(entry)
    sink.close()
    open.pop()
    held.pop()
  }

  /** Gives out the held keys of which this one shows that they are no directories. */
  function release(key: Uint8Array, common: number): void {
    const waiting = heldHere()
    for (let entry = waiting.at(-1); entry; entry = waiting.at(-1)) {
      const { length } = entry.key
      if (length <= common && mayBeDirectory(key, length)) return
      sink.key(entry)
      waiting.pop()
    }
  }

  /** `key` begins with the held one, of this length. */
  function mayBeDirectory(key: Uint8Array, length: number): boolean {
    const rest = key.subarray(length)
    if (!startsWith(rest, separator)) return compareBytes(rest, separator) < 0
    return childOf(key, top(), separator).end === length
  }

  /** It is not always the last one: with the separator `ba`, `xba…` lies between the held key `xb` and its directory `xbba…`. */
  function takeHeld(length: number): KeyEntry | undefined {
    const at = heldHere().findLastIndex((entry) => entry.key.length === length)
    return at < 0 ? undefined : heldHere().splice(at, 1)[0]
  }

  return {
    add(entry) {
      const { key } = entry
      const common = commonLength(last, key)
      while (open.length > 1 && top() > common) close()
      release(key, common)
      last = key
      for (;;) {
        const { end, isDirectory } = childOf(key, top(), separator)
        if (!isDirectory && open.length <= MAX_DEPTH) return void heldHere().push(entry)
        if (open.length > MAX_DEPTH) {
          isFolded ||= isDirectory
          return sink.key(entry)
        }
        sink.open(key.subarray(0, end), takeHeld(end))
        open.push(end + separator.length)
        held.push([])
      }
    },
    end() {
      while (open.length > 1) close()
      for (const entry of heldHere().toReversed()) sink.key(entry)
      held[0] = []
      return isFolded
    },
  }
}
