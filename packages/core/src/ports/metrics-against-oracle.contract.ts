import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SourceId } from '../metrics/sources.ts'
import { columnsOf, expectClose, expectSlots, expectTicks, keyOf } from './metrics-compare.contract.ts'
import {
  RECORDED,
  RECORDED_INTERVAL,
  RECORDED_SOURCES,
  RECORDED_TICKS,
  recordedBatches,
  seededRandom,
} from './metrics-recording.contract.ts'
import { batchOf, HOUR, MINUTE, SECOND, START, scalar, tickOf } from './metrics-samples.contract.ts'
import type { MemberRef, MetricsReader, MetricsWriter, SeriesSlots } from './metrics-store.ts'

/** An empty store. Disposing of it ends both halves. */
export interface OpenMetricsStore extends AsyncDisposable {
  readonly writer: MetricsWriter
  /** Stays open for the whole test. */
  readonly reader: MetricsReader
  /** A reader of another process, as it were; to be disposed of by who opens it. */
  openReader(): MetricsReader
}

/** MC-7, MC-8 and the ticks of MC-10 on random histories, and on one recording. */
export function oracleCases(adapter: string, open: () => Promise<OpenMetricsStore>): void {
  describe(`MetricsStore contract: ${adapter}, random histories`, () => {
    it('MC-8 equals the oracle in every column of random histories', { timeout: 60_000 }, async () => {
      const window = fc.record({
        first: fc.nat(6),
        step: fc.integer({ min: 1, max: 3 }),
        sources: fc.constant(HISTORY_SOURCES),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(HISTORY, { minLength: 8, maxLength: 24 }), window, async (plan, asked) => {
          await using fresh = await open()
          const batches = plan.flatMap((values, i) =>
            values ? [batchOf(START + i * MINUTE, tickOf(RECORDED[0], historyScalars(values)))] : [],
          )
          for (const batch of batches) await fresh.writer.append(batch)
          const step = asked.step * MINUTE
          const from = START + Math.floor(asked.first / asked.step) * step
          await expectSlots(fresh.reader, batches, {
            from,
            to: from + 8 * step,
            step,
            sources: asked.sources,
          })
        }),
        { numRuns: 40 },
      )
    })
  })

  describe(`MetricsStore contract: ${adapter}, 6 h of two members`, () => {
    let store: OpenMetricsStore
    const batches = recordedBatches()
    const end = START + RECORDED_TICKS * RECORDED_INTERVAL
    beforeAll(async () => {
      store = await open()
      for (const batch of batches) await store.writer.append(batch)
    })
    afterAll(() => store[Symbol.asyncDispose]())

    it('MC-7 adds up over every cut', { timeout: 60_000 }, async () => {
      const instant = fc.integer({ min: -72_000, max: 504_000 }).map((n) => START + n * 50 + 17) // no step is shorter
      const cuts = fc.uniqueArray(instant, { minLength: 3, maxLength: 3 })
      await fc.assert(
        fc.asyncProperty(
          cuts,
          fc.subarray([...ADDED_SOURCES], { minLength: 1 }),
          async (unsorted, sources) => {
            const [a = 0, b = 0, c = 0] = unsorted.sort((x, y) => x - y)
            const sumsOf = async (from: number, to: number) => {
              const answer = await store.reader.slots({
                members: RECORDED,
                sources,
                from,
                to,
                step: to - from,
              })
              return additive(answer.members.map(({ series }) => series))
            }
            const [left, right, whole] = [await sumsOf(a, b), await sumsOf(b, c), await sumsOf(a, c)]
            for (const key of new Set([...whole.keys(), ...left.keys(), ...right.keys()]))
              expectClose(key, [whole.get(key) ?? 0], [(left.get(key) ?? 0) + (right.get(key) ?? 0)])
          },
        ),
        { numRuns: 60 },
      )
    })

    it('MC-8 equals the oracle in every column of random windows', { timeout: 120_000 }, async () => {
      const random = seededRandom(7)
      const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T // not empty
      for (let run = 0; run < 30; run++) {
        const step = pick([30, 60, 120, 300, 600, 900, 1_800, 3_600]) * SECOND
        const isSingle = run % 5 === 0
        const from = isSingle
          ? START + Math.floor(random() * 6 * HOUR)
          : START - HOUR + Math.floor((random() * 7 * HOUR) / step) * step
        const count = isSingle ? 1 : 1 + Math.floor(random() * Math.min(240, (4 * HOUR) / step))
        const length = isSingle ? 50 + Math.floor(random() * 2 * HOUR) : step
        const sources = RECORDED_SOURCES.filter(() => random() < 0.4).concat('put')
        const window = { from, to: from + count * length, step: length }
        await expectSlots(store.reader, batches, { ...window, sources: [...new Set(sources)] })
      }
    })

    it('MC-10 gives samples back as they were appended, with the seam', { timeout: 60_000 }, async () => {
      const random = seededRandom(11)
      for (let run = 0; run < 12; run++) {
        const from = START - HOUR + Math.floor(random() * 7 * HOUR)
        const to = from + 1 + Math.floor(random() * HOUR)
        const sources = RECORDED_SOURCES.filter(() => random() < 0.5)
        const answer = await store.reader.ticks({ members: RECORDED, sources, from, to })
        for (const [i, ticks] of answer.entries())
          expectTicks(ticks, batches, { member: RECORDED[i] as MemberRef, sources, from, to })
      }
    })

    it('leaves out the columns of gauges that are not wanted', async () => {
      const answer = await store.reader.slots({
        members: RECORDED,
        sources: ['gc_quantile'],
        from: START,
        to: end,
        step: HOUR,
        gauge: ['last', 'count'],
      })
      for (const one of answer.members.flatMap(({ series }) => series)) {
        if (one.kind !== 'gauge') throw new Error('not a gauge')
        const { count, sum, min, max, last } = one
        expect([count, sum, min, max, last].map(({ length }) => length)).toEqual([6, 0, 0, 0, 6])
      }
    })
  })
}

const HISTORY_SOURCES = ['put', 'current_revision', 'leader_changes', 'proposals_pending'] as const
/** One tick of a member, or none; 0 and falls among the counters. */
const HISTORY = fc.option(
  fc.record(
    {
      put: fc.integer({ min: 0, max: 20 }),
      current_revision: fc.integer({ min: 0, max: 20 }),
      leader_changes: fc.integer({ min: 0, max: 4 }),
      proposals_pending: fc.integer({ min: 0, max: 9 }),
      raft_index: fc.integer({ min: 0, max: 20 }),
      scrape_clock_error_seconds: fc.integer({ min: -30, max: 3_700 }),
    },
    { requiredKeys: [] },
  ),
  { nil: undefined, freq: 4 },
)
const historyScalars = (values: Readonly<Partial<Record<SourceId, number | undefined>>>) =>
  Object.entries(values).map(([source, value]) => scalar(source as SourceId, value ?? 0)) // keys of HISTORY

const ADDED_SOURCES = ['put', 'grpc_handled', 'current_revision', 'proposals_pending', 'wal_fsync'] as const

/** Every column that adds up, by member and series. */
function additive(members: readonly (readonly SeriesSlots[])[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const [i, series] of members.entries())
    for (const one of series)
      for (const [name, column] of Object.entries(columnsOf(one)))
        if (/^(increase|covered|count|sum|bucket \d+)$/.test(name))
          sums.set(`${i} ${keyOf(one)} ${name}`, column[0] || 0) // NaN: nothing
  return sums
}
