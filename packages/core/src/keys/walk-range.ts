import { commonLength } from './bytes.ts'
import type { KeyEntry, KeyRange } from './key-entry.ts'
import { afterKey, compareEnds } from './key-range.ts'
import { createSeekKey, raise } from './seek-key.ts'

/** The first keys of a range that was asked for; its entries are read as they are wanted. */
export interface RangePart {
  /** Entries; at least one where the range has keys. */
  readonly length: number
  /** Keys in the range that was asked for. */
  readonly count: number
  readonly more: boolean
  slice(from: number, to: number): KeyEntry[]
}

export interface RangeWalk<Part extends RangePart> {
  readonly range: KeyRange
  /** At one revision. */
  readonly read: (range: KeyRange) => Promise<Part>
  /** Keys that a window should hold; tests take fewer. */
  readonly most?: number
}

export interface WalkedPart<Part extends RangePart> {
  readonly part: Part
  /** Keys of the range follow. */
  readonly more: boolean
}

const MOST = 20_000
/** A wide window may begin behind a narrow one: no estimate goes further than so many times what it is drawn from. */
const MOST_GROWTH = 4
const EMPTY = new Uint8Array()

/**
 * All keys of a range, part by part, each once. Up to 3.6 a range costs etcd all the keys up to its end, and puts wait meanwhile: only the
 * first part is sought in the whole range, which tells how many keys it has; the others in windows, whose ends are drawn from how far
 * apart the keys before them were.
 */
export async function* walkRange<Part extends RangePart>({
  range,
  read,
  most = MOST,
}: RangeWalk<Part>): AsyncGenerator<WalkedPart<Part>> {
  const { to } = range
  let part = await read(range)
  let left = part.count - part.length
  let window: Window = { end: to, left, ...sampleOf(part) }
  const seekKey = createSeekKey({
    prefix: EMPTY,
    end: to,
    limit: 1,
    async read(asked) {
      part = await read(asked)
      return { entries: part.slice(0, 1), count: part.count, more: part.more }
    },
  })

  for (;;) {
    const more = part.more || (left > 0 && compareEnds(window.end, to) < 0)
    yield { part, more }
    const [last] = part.slice(part.length - 1, part.length)
    if (!more || !last) return
    const position = part.more ? afterKey(last.key) : window.end
    const rest = part.more ? window : { ...window, end: to, left }
    let end = left <= 2 * most ? to : planEnd(position, rest, most)
    const isSame = part.more && end === window.end
    part = await read({ from: position, to: end })
    if (part.length === 0 && compareEnds(end, to) < 0) end = (await seekKey(end, left)).window?.end ?? to
    left = compareEnds(end, to) < 0 ? left - part.length : part.count - part.length
    const sample = isSame ? { first: window.first, count: window.count + part.length } : sampleOf(part)
    window = { end, left: part.count - part.length, ...sample }
  }
}

/** Where keys are being read, and what it tells of those that follow. */
interface Window {
  readonly end: Uint8Array
  /** Keys in it that were not read. */
  readonly left: number
  /** The first key that was read of it, and how many were. */
  readonly first: Uint8Array
  readonly count: number
}

const sampleOf = (part: RangePart) => ({
  first: part.slice(0, 1)[0]?.key.slice() ?? EMPTY, // not the whole reply with it
  count: part.length,
})

/** Up to where about `most` keys lie, as dense as those from the first one of the window to here; at most to its end. */
function planEnd(position: Uint8Array, { end, left, first, count }: Window, most: number): Uint8Array {
  if (left <= 2 * most) return end
  const at = commonLength(first, position)
  const width = (position[at] ?? 0) - (first[at] ?? 0)
  const step = Math.round(width * Math.min(MOST_GROWTH, most / count))
  const planned = raise(position.subarray(0, at + 1), Math.max(1, step))
  return compareEnds(planned, end) < 0 ? planned : end
}
