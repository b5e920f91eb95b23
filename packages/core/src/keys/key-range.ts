import { compareBytes, concatBytes, startsWith } from './bytes.ts'
import type { KeyRange } from './key-entry.ts'

const ZERO = Uint8Array.of(0)

/** End of the range of all keys that begin with `bytes`; empty = end of the keyspace. */
export function prefixEnd(bytes: Uint8Array): Uint8Array {
  let last = bytes.length - 1
  while (last >= 0 && bytes[last] === 0xff) last -= 1
  const end = bytes.slice(0, last + 1)
  if (last >= 0) end[last] = (end[last] ?? 0) + 1
  return end
}

/** The first key that can come after this one. */
export const afterKey = (key: Uint8Array): Uint8Array => concatBytes(key, ZERO)

export const prefixRange = (prefix: Uint8Array): KeyRange => ({ from: prefix, to: prefixEnd(prefix) })

/** Ends of ranges: empty is the greatest. */
export function compareEnds(a: Uint8Array, b: Uint8Array): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length === 0 ? 0 : a.length === 0 ? 1 : -1
  return compareBytes(a, b)
}

export const isInRange = (key: Uint8Array, { from, to }: KeyRange): boolean =>
  compareBytes(key, from) >= 0 && (to.length === 0 || compareBytes(key, to) < 0)

const isEmptyRange = ({ from, to }: KeyRange): boolean => to.length > 0 && compareBytes(from, to) >= 0

/** What lies in both. */
export function intersect(a: KeyRange, b: KeyRange): KeyRange | undefined {
  const range = {
    from: compareBytes(a.from, b.from) >= 0 ? a.from : b.from,
    to: compareEnds(a.to, b.to) <= 0 ? a.to : b.to,
  }
  return isEmptyRange(range) ? undefined : range
}

/** The same keys as disjoint ranges in byte order, those that touch put together. */
export function mergeRanges(ranges: readonly KeyRange[]): readonly KeyRange[] {
  const merged: KeyRange[] = []
  for (const range of ranges.toSorted((a, b) => compareBytes(a.from, b.from))) {
    const last = merged.at(-1)
    const touches = last && (last.to.length === 0 || compareBytes(range.from, last.to) <= 0)
    if (!touches) merged.push(range)
    else if (compareEnds(range.to, last.to) > 0) merged[merged.length - 1] = { from: last.from, to: range.to }
  }
  return merged
}

/** Whether `range` lies wholly in one of these, which are disjoint and do not touch. */
export const isWithin = (range: KeyRange, ranges: readonly KeyRange[]): boolean =>
  ranges.some(({ from, to }) => compareBytes(range.from, from) >= 0 && compareEnds(range.to, to) <= 0)

/** The directory of the node `id`: all keys that begin with it and the separator. */
export const directoryRange = (id: Uint8Array, separator: Uint8Array): KeyRange =>
  prefixRange(concatBytes(id, separator))

export const isBelow = (key: Uint8Array, id: Uint8Array, separator: Uint8Array): boolean =>
  startsWith(key, id) && startsWith(key.subarray(id.length), separator)
