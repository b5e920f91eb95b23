import { LOOK_BACK } from '@etcdmonitor/core/ports/metrics-store'
import { PAGE_AT_FIELD, type SourceGroup, STATUS_AT_FIELD } from '../influx-schema.ts'

/** What the slots of one member and group (page or Status) hold between their last ticks. */
export interface GroupSlots {
  /** Seconds from the last tick before the slot to the last one in it; 0 where the slot has no tick, or may not be subtracted. */
  readonly covered: Float64Array
  /** 1: the slot has a tick, but its samples must be read. */
  readonly isDirty: Uint8Array
}

/** Per slot, NaN where there is nothing: last `…_at`, and the largest mark. `seam`: the newest `…_at` before the window. */
export interface GroupColumns {
  readonly at: Float64Array
  readonly mark: Float64Array
  readonly seam: number
}

export const GROUP_FIELDS = { page: PAGE_AT_FIELD, status: STATUS_AT_FIELD } satisfies Record<
  SourceGroup,
  string
>

/** A slot is clean when it has a tick of the group, no mark, and a predecessor is known (storage.md 6.7). `step`: ms. */
export function judgeSlots({ at, mark, seam }: GroupColumns, step: number): GroupSlots {
  const covered = new Float64Array(at.length)
  const isDirty = new Uint8Array(at.length)
  let before = seam
  for (let slot = 0; slot < at.length; slot++) {
    const newest = at[slot] ?? Number.NaN
    if (Number.isNaN(newest)) continue
    const passed = newest - before
    if ((mark[slot] ?? 0) > 0 || !(passed > 0 && passed <= LOOK_BACK + step)) isDirty[slot] = 1
    else covered[slot] = passed / 1_000
    before = newest
  }
  return { covered, isDirty }
}

/** Slots `[first, end)`. */
export interface SlotRange {
  readonly first: number
  readonly end: number
}

/** Dirty slots as ranges; those at most `near` ms apart are one. */
export function dirtyRanges(isDirty: Uint8Array, step: number, near = 3_600_000): readonly SlotRange[] {
  const ranges: { first: number; end: number }[] = []
  for (let slot = 0; slot < isDirty.length; slot++) {
    if (!isDirty[slot]) continue
    const last = ranges.at(-1)
    if (last && (slot - last.end) * step <= near) last.end = slot + 1
    else ranges.push({ first: slot, end: slot + 1 })
  }
  return ranges
}
