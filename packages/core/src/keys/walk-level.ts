import { AppError } from '../errors.ts'
import { compareBytes, concatBytes } from './bytes.ts'
import { childOf } from './child-of.ts'
import type { KeyEntry } from './key-entry.ts'
import { afterKey, compareEnds, directoryRange, isBelow, prefixEnd } from './key-range.ts'
import type { ReadKeys } from './read-keys.ts'
import { createSeekKey, type LevelReply } from './seek-key.ts'

/** A child of a directory: a key, a directory, or both. */
export interface LevelNode {
  readonly id: Uint8Array
  /** Present when the node is a key. */
  readonly entry?: KeyEntry
  /** Keys below it, when it is a directory. */
  readonly count?: number
}

/** From how many keys on a walk does what pays off with many; tests take fewer. */
export interface LevelBounds {
  /** A directory before so many keys is counted by a range of its own. */
  readonly countBeyond: number
  /** The next key behind a directory of so many is sought by windows: a range costs etcd all keys up to its end. */
  readonly seekBeyond: number
}

/** Where a walk goes on. */
export interface LevelPosition {
  readonly key: Uint8Array
  /** Lengths of those prefixes of `key` whose directories were given out ahead of their place. */
  readonly done: readonly number[]
}

export interface LevelWalk {
  /** Empty: the root. */
  readonly prefix: Uint8Array
  readonly separator: Uint8Array
  readonly limit: number
  readonly start?: LevelPosition | undefined
  readonly read: ReadKeys
  readonly bounds?: LevelBounds
}

export interface Level {
  /** In byte order of their keys; a directory that is no key counts as its key and the separator. */
  readonly nodes: readonly LevelNode[]
  /** Keys of the whole directory; from its start alone. */
  readonly count?: number
  /** Absent: that was all. */
  readonly next?: LevelPosition
}

const FIRST_PAGE = 64
const MAX_PAGE = 32_768
const BOUNDS: LevelBounds = { countBeyond: 20_000, seekBeyond: 5_000 }
/** A cursor must fit into a URL: no page ends at a child with a longer key. */
const MAX_POSITION = 2_000
const MAX_BEYOND = 100

type Mutable = { -readonly [K in keyof LevelNode]: LevelNode[K] }

/**
 * The children of one directory, found by skipping what lies below them (etcd.md 8.4). Each child once, also over several walks that
 * go on at `next`.
 * @throws AppError `result_too_large` when more than 100 children with very long keys come after `limit`
 */
export async function walkLevel(walk: LevelWalk): Promise<Level> {
  const { prefix, separator, limit, start, read, bounds = BOUNDS } = walk
  const end = prefixEnd(prefix)
  const nodes: Mutable[] = []
  const done = (start?.done ?? []).map((length) => start?.key.subarray(0, length) ?? prefix)
  let page = FIRST_PAGE
  let waiting: { readonly node: Mutable; readonly left: number } | undefined
  let lastCount = 0

  const countBelow = async (id: Uint8Array) => (await read(directoryRange(id, separator), 0)).count

  function isFull(position: Uint8Array): boolean {
    if (nodes.length < limit) return false
    if (position.length <= MAX_POSITION) return true
    if (nodes.length >= limit + MAX_BEYOND)
      throw new AppError('result_too_large', 'too many children with very long keys: narrow the path')
    return false
  }

  /** Whether a key that the next key does not tell about is a directory too. */
  async function addKey(entry: KeyEntry, next: Uint8Array | undefined, more: boolean): Promise<void> {
    const { key } = entry
    const node: Mutable = { id: key, entry }
    nodes.push(node)
    const first = concatBytes(key, separator)
    const mayBeDirectory = childOf(first, prefix.length, separator).end === key.length
    if (!mayBeDirectory || (next ? compareBytes(next, first) > 0 : !more)) return
    const count = await countBelow(key)
    if (count === 0) return
    node.count = count
    done.push(key)
  }

  /**
   * What lies from `to` on in the window of a reply, where that is sooner counted than the directory before it, which begins at entry
   * `at`: siblings are alike, and this one fills the window.
   */
  async function readBehind(to: Uint8Array, { window }: LevelReply, at: number) {
    const ahead = (window?.count ?? 0) - at
    if (!window || ahead >= 2 * lastCount || compareEnds(to, window.end) >= 0) return undefined
    const { entries, count } = await read({ from: to, to: window.end }, FIRST_PAGE)
    return { entries, passed: ahead - count, window: { end: window.end, count } }
  }

  /** Behind the directory that begins at entry `at`: an index of this reply, or the next one. */
  async function skip(node: Mutable, reply: LevelReply, at: number): Promise<number | Jump> {
    const { to } = directoryRange(node.id, separator)
    const behind = indexBehind(reply.entries, to, at)
    const left = reply.count - at
    if (behind < reply.entries.length) {
      node.count = behind - at
      return behind
    }
    if (!reply.more || compareEnds(to, end) >= 0) {
      node.count = left
      return FINISHED
    }
    if (left <= bounds.countBeyond) {
      waiting = { node, left }
      return { to }
    }
    const rest = await readBehind(to, reply, at)
    node.count = rest ? rest.passed : await countBelow(node.id)
    lastCount = node.count
    const count = left - node.count
    if (rest && rest.window.count > 0)
      return { to, reply: { entries: rest.entries, count, more: true, window: rest.window } }
    return node.count > bounds.seekBeyond ? { to, left: count } : { to }
  }

  /** Gives out what a reply holds. */
  async function take(reply: LevelReply): Promise<Jump | LevelPosition> {
    const { entries, more } = reply
    for (let at = 0; at < entries.length; ) {
      const entry = entries[at]
      if (!entry) break
      const { key } = entry
      const passed = done.find((id) => isBelow(key, id, separator))
      if (passed) {
        const { to } = directoryRange(passed, separator)
        at = indexBehind(entries, to, at)
        if (at < entries.length) continue
        return more && compareEnds(to, end) < 0 ? { to } : FINISHED
      }
      const child = childOf(key, prefix.length, separator)
      const position = child.isDirectory ? key.subarray(0, child.end + separator.length) : key
      if (isFull(position)) return toPosition(position, done)
      const next = entries[at + 1]?.key
      const isBoth = !child.isDirectory && next && isBelow(next, key, separator)
      const isSame = isBoth && childOf(next, prefix.length, separator).end === child.end
      if (!child.isDirectory && !isSame) {
        await addKey(entry, next, more)
        at += 1
        continue
      }
      const node: Mutable = { id: key.subarray(0, child.end), ...(isSame && { entry }) }
      nodes.push(node)
      const reached = await skip(node, reply, isSame ? at + 1 : at)
      if (typeof reached !== 'number') return reached
      at = reached
    }
    const last = entries.at(-1)
    return more && last ? { to: afterKey(last.key) } : FINISHED
  }

  /** A page of all that comes, which are few and long ranges: a larger one each time. */
  async function readPage(from: Uint8Array): Promise<LevelReply> {
    const reply = await read({ from, to: end }, page)
    if (waiting) waiting.node.count = waiting.left - reply.count
    waiting = undefined
    // a page that was cut for its size says how many fit
    const isCut = reply.more && reply.entries.length < page
    page = isCut ? Math.max(1, reply.entries.length) : Math.min(page * 2, MAX_PAGE)
    return reply
  }

  const seekKey = createSeekKey({ prefix, end, limit: FIRST_PAGE, read })
  let reply = await readPage(start?.key ?? prefix)
  const count = start ? undefined : reply.count
  for (;;) {
    const reached = await take(reply)
    if ('key' in reached) return toLevel(nodes, count, reached)
    if (reached === FINISHED) return toLevel(nodes, count)
    if (reached.reply) reply = reached.reply
    else if (reached.left === undefined) reply = await readPage(reached.to)
    else reply = await seekKey(reached.to, reached.left)
  }
}

interface Jump {
  readonly to: Uint8Array
  /** Keys from there on, where they are known and many. */
  readonly left?: number
  /** What was read from there on already. */
  readonly reply?: LevelReply
}

const FINISHED: Jump = { to: new Uint8Array() }

/** Index of the first entry from `at` on that is not below `to`, an end of a range. */
function indexBehind(entries: readonly KeyEntry[], to: Uint8Array, at: number): number {
  let low = at
  let high = to.length === 0 ? at : entries.length
  if (to.length === 0) return entries.length
  while (low < high) {
    const middle = (low + high) >> 1
    const entry = entries[middle]
    if (entry && compareBytes(entry.key, to) < 0) low = middle + 1
    else high = middle
  }
  return low
}

const toPosition = (key: Uint8Array, done: readonly Uint8Array[]): LevelPosition => ({
  key,
  done: done.filter((id) => compareBytes(key.subarray(0, id.length), id) === 0).map(({ length }) => length),
})

const toLevel = (nodes: readonly LevelNode[], count: number | undefined, next?: LevelPosition): Level => ({
  nodes,
  ...(count !== undefined && { count }),
  ...(next && { next }),
})
