import { compareEnds, prefixEnd } from './key-range.ts'
import type { ReadKeys } from './walk-level.ts'

interface Seeking {
  readonly from: Uint8Array
  /** Of the directory that is walked. */
  readonly end: Uint8Array
  readonly prefix: Uint8Array
  /** Keys from `from` to `end`. */
  readonly left: number
  readonly limit: number
  readonly read: ReadKeys
}

/** How far the last byte of a window's end is raised, one window after the other. */
const STEPS = [1, 1, 2, 4, 8]

/**
 * The next keys at or after `from`, sought by windows: up to 3.6 a range costs etcd all the keys up to its end, and most of them lie far
 * behind. The reply is as of one range up to `end` that was cut.
 */
export async function seekKey({ from, end, prefix, left, limit, read }: Seeking): ReturnType<ReadKeys> {
  if (left === 0) return { entries: [], count: 0, more: false }
  let position = from
  for (
    let length = from.length;
    length > prefix.length;
    length = prefix.length + ((length - prefix.length) >> 1)
  ) {
    for (const step of STEPS) {
      const to = raise(position.subarray(0, length), step)
      if (compareEnds(to, end) >= 0) return read({ from: position, to: end }, limit)
      const { entries, count } = await read({ from: position, to }, limit)
      if (count > 0) return { entries, count: left, more: true }
      position = to
    }
  }
  return read({ from: position, to: end }, limit)
}

/** The bytes with the last raised by `step`; past 255 the end of what begins with all before it. */
function raise(bytes: Uint8Array, step: number): Uint8Array {
  const last = (bytes.at(-1) ?? 0) + step
  if (last > 0xff) return prefixEnd(bytes.subarray(0, -1))
  const raised = bytes.slice()
  raised[raised.length - 1] = last
  return raised
}
