import { DatabaseSync } from 'node:sqlite'
import type { MemberTicks, MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import { expect } from 'vitest'

const MEMBERS = ['1', '2'].map((memberId) => ({ clusterId: '1', memberId }))
const START = 1_790_028_000_000
const INTERVAL = 60_000
/** Ticks of a sealed window. */
const WINDOW = 120

/**
 * What `write-forever.contract.ts` acknowledged is stored, once and whole, and rollups equal samples. `since`: only the window of this
 * number, and later ones, are looked at.
 * @returns the newest number that is stored; the last one may not have been acknowledged
 */
export async function expectTicks(
  reader: MetricsReader,
  acknowledged: ReadonlySet<number>,
  since = 0,
): Promise<number> {
  const first = Math.floor(since / WINDOW) * WINDOW
  const query = { members: MEMBERS, sources: ['grpc_started'] as const, from: START + first * INTERVAL }
  const found = await reader.ticks({ ...query, to: query.from + 10_000 * INTERVAL })
  const [one = [], other] = found.map(numbersOf)
  expect(other).toEqual(one)
  const stored = new Set(one)
  expect(stored.size).toBe(one.length)
  expect([...acknowledged].filter((number) => number >= first && !stored.has(number))).toEqual([])
  const newest = Math.max(...stored)

  for (const step of [300_000, 1_800_000]) {
    const to = Math.ceil((START + (newest + 1) * INTERVAL) / step) * step
    const due = increases(one, { ...query, to, step })
    const { members } = await reader.slots({ ...query, to, step })
    for (const series of members.flatMap((member) => member.series))
      expect(series.kind === 'counter' && [...series.increase]).toEqual(due)
  }
  return newest
}

/** Between the last tick before each slot and the last one in it: the counter is the number of its tick. */
function increases(
  numbers: readonly number[],
  { from, to, step }: { readonly from: number; readonly to: number; readonly step: number },
): readonly number[] {
  const lastBefore = (at: number) => numbers.findLast((number) => START + number * INTERVAL < at)
  return Array.from({ length: (to - from) / step }, (_, slot) => {
    const before = lastBefore(from + slot * step) ?? numbers[0] ?? 0
    return (lastBefore(from + (slot + 1) * step) ?? before) - before
  })
}

/** Number of each tick, which is told by its instant; all its values are its number. */
function numbersOf({ times, series }: MemberTicks): readonly number[] {
  expect(series).toHaveLength(100)
  return [...times].map((at, i) => {
    const number = (at - START) / INTERVAL
    for (const one of series)
      if (one.kind === 'histogram' || one.values[i] !== number) throw new Error(`tick ${number} is torn`)
    return number
  })
}

export function expectIntegrity(path: string): void {
  using db = new DatabaseSync(path, { readOnly: true })
  expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
}
