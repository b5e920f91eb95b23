import type { Column } from '../../api/answers.ts'

/** How long something has held without a break, as far as its history tells. Lengths in ms. */
export interface UnbrokenRun {
  readonly length: number
  /** `exact` to a slot, where that is little of it; `least`: it began before, by up to a slot or more; `most`: it began inside the newest slot. */
  readonly bound: 'exact' | 'least' | 'most'
}

/** Slots of which one more or less is nothing to speak of. */
const MANY = 20

/**
 * From a column of slots, 1 = it held through the whole of it; `times` and `now` are Unix ms. Undefined: nothing is known of the newest
 * slots, or they say that it does not hold.
 */
export function unbrokenRun(times: readonly number[], held: Column, now: number): UnbrokenRun | undefined {
  const newest = held.findLastIndex((value) => value !== null)
  if (newest < 0 || newest < held.length - 2) return undefined // the newest slot may not have a sample yet
  let first = newest + 1
  while (first > 0 && held[first - 1] === 1) first -= 1
  const newestAt = times[newest] ?? now
  if (first > newest)
    return newest === held.length - 1 ? { length: now - newestAt, bound: 'most' } : undefined
  if (first === 0) return { length: now - (times[0] ?? newestAt), bound: 'least' }
  if (held[first - 1] === 0) {
    // somewhere inside the slot before it began
    const bound = newest - first < MANY ? 'least' : 'exact'
    return { length: now - (times[first] ?? newestAt), bound }
  }
  // its history begins somewhere inside that slot: only what came after it is sure
  const sure = times[first + 1]
  return sure === undefined || first === newest ? undefined : { length: now - sure, bound: 'least' }
}
