/** A raft index that the store holds for a member, and when it was read from there (Unix ms). */
export interface StoredIndex {
  /** The tick. */
  readonly at: number
  readonly index: number
  readonly readAt: number
}

/** What is known of one member between two looks. */
export interface MixWatch {
  /** Waits for an answer that the member gave after it was read. */
  readonly pending?: StoredIndex
  /** Ticks in a row whose index was above what the member reported later. */
  readonly above: number
}

export interface ReportedIndex {
  readonly index: number
  /** Unix ms, of the clock that `readAt` is of. */
  readonly probedAt: number
}

export const NO_MIX: MixWatch = { above: 0 }

/** A probe ends this long after its instant at the latest, ms: an index of before is then older than the answer, whatever clocks say. */
const PROBE_ENDS = 5_000
const TICKS_IN_A_ROW = 2

/**
 * Takes what a member reports. An index only rises: one that was stored before and lies above can only be that of another cluster with the
 * same ids, or of data that was wiped since, which is above at one tick alone (etcd.md 6.5).
 */
export function watchMix(watch: MixWatch, { index, probedAt }: ReportedIndex): MixWatch {
  const { pending, above } = watch
  if (!pending || probedAt < pending.readAt + PROBE_ENDS) return watch
  return { above: pending.index > index ? above + 1 : 0 }
}

/** Takes the newest stored index, unless its tick was compared before. `lastAt`: the tick that was compared last. */
export const awaitReport = (watch: MixWatch, stored: StoredIndex, lastAt: number): MixWatch =>
  stored.at > lastAt ? { ...watch, pending: stored } : watch

export const isMixed = ({ above }: MixWatch): boolean => above >= TICKS_IN_A_ROW
