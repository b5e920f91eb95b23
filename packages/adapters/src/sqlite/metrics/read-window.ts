import { LOOK_BACK, type MemberTicks } from '@etcdmonitor/core/ports/metrics-store'
import type { Breath } from './breath.ts'
import type { HeadRows } from './head-rows.ts'
import { deltaGroup, type StoredMemberRow, type StoredSeries } from './metrics-series.ts'
import {
  createPicker,
  offsetsOf,
  type PickedRow,
  type Picker,
  type ReadBudget,
  RULE_SOURCES,
  toMemberTicks,
} from './tick-columns.ts'

const PIECE = 1_000
/** Nearly always the row before the window is seam enough. */
const FIRST_SEAM_PIECE = 4

export interface WindowRead {
  readonly head: HeadRows
  readonly member: StoredMemberRow
  /** All series of the member, and those that are asked for. */
  readonly series: readonly StoredSeries[]
  readonly wanted: readonly StoredSeries[]
  readonly from: number
  readonly to: number
  readonly budget: ReadBudget
  readonly breathe: Breath
}

/** Samples of `[from, to)` and, for each series, its predecessor at most `LOOK_BACK` before (storage.md 2.1, rule 1). */
export async function readWindow(read: WindowRead): Promise<MemberTicks> {
  const { member, series, wanted, budget, breathe } = read
  const picker = createPicker(
    series.filter((one) => wanted.includes(one) || RULE_SOURCES.includes(one.source)),
    budget,
  )
  const rows = await readRows(read, picker)
  const seam = await readSeam(read, picker)
  const { clusterId, memberId } = member
  await breathe()
  const ticks = toMemberTicks({ clusterId, memberId }, picker, [...seam, ...rows], seam.length, wanted)
  await breathe() // a fold comes next
  return ticks
}

async function readRows(
  { head, member, from, to, breathe }: WindowRead,
  { pick }: Picker,
): Promise<PickedRow[]> {
  const rows: PickedRow[] = []
  for (let next = from; ; ) {
    await breathe()
    const piece = head.forward(member.id, next, to, PIECE)
    for (const row of piece) rows.push(pick(row))
    const last = piece.at(-1)
    if (!last) return rows
    next = last.at + 1
  }
}

/** Ascending, from the oldest predecessor that is needed on. Gauges have no deltas, so they need none. */
async function readSeam(
  { head, member, wanted, from, breathe }: WindowRead,
  { series, pick }: Picker,
): Promise<PickedRow[]> {
  const offsets = offsetsOf(series)
  const missing = new Map<number, string>() // one predecessor serves a whole group
  for (const [i, one] of series.entries())
    if (one.kind !== 'gauge' && wanted.includes(one)) missing.set(offsets[i] ?? 0, deltaGroup(one))
  const seam: PickedRow[] = [] // descending
  let needed = 0
  for (let to = from, size = FIRST_SEAM_PIECE; missing.size > 0; size = Math.min(size * 4, PIECE)) {
    await breathe()
    const piece = head.backward(member.id, from - LOOK_BACK, to, size)
    for (const row of piece) {
      const picked = pick(row)
      seam.push(picked)
      const found = groupsIn(picked, missing)
      if (found.size > 0) needed = seam.length
      for (const [offset, group] of missing) if (found.has(group)) missing.delete(offset)
    }
    const last = piece.at(-1)
    if (!last) break
    to = last.at
  }
  return seam.slice(0, needed).reverse()
}

const groupsIn = ({ values }: PickedRow, missing: ReadonlyMap<number, string>): ReadonlySet<string> =>
  new Set(
    [...missing].flatMap(([offset, group]) => (Number.isNaN(values[offset] ?? Number.NaN) ? [] : group)),
  )
