const MAX_SPREAD = 2_000

/** Ms after the tick at which the requests to a member start: constant per member and interval (ms), so that it cancels in deltas (metrics.md 2.2). */
export const scrapeOffset = (memberId: string, interval: number): number =>
  Math.floor(((fnv1a(memberId) % 1_000) * Math.min(interval / 4, MAX_SPREAD)) / 1_000)

/** FNV-1a, 32 bit, of an ASCII text. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
