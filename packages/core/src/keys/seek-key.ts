import { commonLength } from './bytes.ts'
import { compareEnds, prefixEnd } from './key-range.ts'
import type { ReadKeys } from './read-keys.ts'

/** What a walk reads on with. */
export interface LevelReply extends Awaited<ReturnType<ReadKeys>> {
  /** The range that was read, where it ends before the directory does. */
  readonly window?: {
    readonly end: Uint8Array
    /** Keys in it; `count` is of the whole rest. */
    readonly count: number
  }
}

/** The next keys at or after `from`, behind which, to the end of the directory, `left` keys lie. The reply is as of one range to that end that was cut. */
export type SeekKey = (from: Uint8Array, left: number) => Promise<LevelReply>

interface Seeking {
  /** Of the directory that is walked. */
  readonly prefix: Uint8Array
  readonly end: Uint8Array
  readonly limit: number
  readonly read: ReadKeys
}

/** How far the last byte of a window's end is raised, one window after the other. */
const STEPS = [1, 1, 2, 4, 8]

/**
 * Seeks by windows: up to 3.6 a range costs etcd all the keys up to its end, and most of them lie far behind. How many bytes tell two
 * siblings apart is learned from those that were found.
 */
export function createSeekKey({ prefix, end, limit, read }: Seeking): SeekKey {
  let telling = 0

  return async (from, left) => {
    if (left === 0) return { entries: [], count: 0, more: false }
    let position = from
    const longest = telling > 0 ? Math.min(telling, from.length) : from.length
    for (const length of windowLengths(longest, prefix.length)) {
      for (const step of STEPS) {
        const to = raise(position.subarray(0, length), step)
        if (compareEnds(to, end) >= 0) return read({ from: position, to: end }, limit)
        const { entries, count } = await read({ from: position, to }, limit)
        const [first] = entries
        if (first) {
          telling = Math.max(telling, commonLength(from, first.key) + 1)
          return { entries, count: left, more: true, window: { end: to, count } }
        }
        position = to
      }
    }
    return read({ from: position, to: end }, limit)
  }
}

/** Down from `longest`, slowly at first: siblings are told apart by their last bytes or, as random names are, by their first ones. */
function* windowLengths(longest: number, shortest: number): Generator<number> {
  for (let length = longest; length > shortest; ) {
    yield length
    const slower = length - Math.max(1, (longest - length) >> 1)
    length = Math.max(slower, shortest + ((length - shortest) >> 1))
  }
}

/** The bytes with the last raised by `step`; past 255 the end of what begins with all before it. */
export function raise(bytes: Uint8Array, step: number): Uint8Array {
  const last = (bytes.at(-1) ?? 0) + step
  if (last > 0xff) return prefixEnd(bytes.subarray(0, -1))
  const raised = bytes.slice()
  raised[raised.length - 1] = last
  return raised
}
