import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SourceId } from '../metrics/sources.ts'
import {
  columnsOf,
  expectClose,
  expectSameSlots,
  expectSlots,
  expectTicks,
  keyOf,
} from './metrics-compare.contract.ts'
import {
  RECORDED,
  RECORDED_SOURCES,
  RECORDED_TICKS,
  type Recording,
  recordedBatches,
  SHORT_RECORDING,
  seededRandom,
} from './metrics-recording.contract.ts'
import { batchOf, HOUR, MINUTE, SECOND, START, scalar, tickOf } from './metrics-samples.contract.ts'
import type { MemberRef, MetricsReader, MetricsWriter, SeriesSlots, SlotQuery } from './metrics-store.ts'

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
    it('MC-8 equals the oracle in every column of random histories', async () => {
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

  describe.each(RECORDINGS)(
    `MetricsStore contract: ${adapter}, two members, $name`,
    ({ recording, isSealed, steps }) => {
      let store: OpenMetricsStore
      const batches = recordedBatches(recording)
      const { start, interval } = recording
      const length = RECORDED_TICKS * interval
      const end = start + length
      beforeAll(async () => {
        store = await open()
        for (const batch of batches) await store.writer.append(batch)
        if (isSealed) await keepHouse(store.writer, end + HOUR)
      })
      afterAll(() => store[Symbol.asyncDispose]())

      it('MC-7 adds up over every cut', { timeout: 180_000 }, async () => {
        const unit = interval / 600 // no step is shorter than 50 ms
        const instant = fc.integer({ min: -72_000, max: 504_000 }).map((n) => start + n * unit + 17)
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
                expectClose(key, [whole.get(key) ?? 0], [sumIn(left, key) + sumIn(right, key)])
            },
          ),
          { numRuns: 60 },
        )
      })

      it('MC-8 equals the oracle in every column of random windows', async () => {
        const random = seededRandom(7)
        await using fresh = store.openReader()
        for (let run = 0; run < 30; run++) {
          const { sources, ...window } = randomWindow({ random, recording, steps, isSingle: run % 5 === 0 })
          await expectSlots(run % 2 === 0 ? store.reader : fresh, batches, { ...window, sources })
        }
      })

      it('MC-10 gives samples back as they were appended, with the seam', async () => {
        const random = seededRandom(11)
        for (let run = 0; run < 12; run++) {
          const from = start + Math.floor((random() * 7 - 1) * (length / 6))
          const to = from + 1 + Math.floor((random() * length) / 6)
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
          from: start,
          to: end,
          step: length / 6,
          gauge: ['last', 'count'],
        })
        for (const one of answer.members.flatMap(({ series }) => series)) {
          if (one.kind !== 'gauge') throw new Error('not a gauge')
          const { count, sum, min, max, last } = one
          expect([count, sum, min, max, last].map((column) => column.length)).toEqual([6, 0, 0, 0, 6])
        }
      })
    },
  )
}

/** MC-9 */
export function housekeepingCases(adapter: string, open: () => Promise<OpenMetricsStore>): void {
  describe(`MetricsStore contract: ${adapter}, housekeeping`, () => {
    it('MC-9 gives the same answers before and after every step of it', async () => {
      await using store = await open()
      const recording = { start: START - 3 * HOUR, interval: 30 * SECOND }
      const batches = recordedBatches(recording)
      for (const batch of batches) await store.writer.append(batch)
      const random = seededRandom(5)
      const windows = Array.from({ length: 4 }, (_, i) =>
        randomWindow({ random, recording, steps: MINUTES, isSingle: i === 0 }),
      )
      const tail = { members: RECORDED, sources: RECORDED_SOURCES, span: MINUTE }
      const slotsBefore = []
      for (const window of windows)
        slotsBefore.push(await store.reader.slots({ ...window, members: RECORDED }))
      const tailBefore = await store.reader.tail(tail)
      let steps = 0
      for (let more = true; more; steps++) {
        expect(steps).toBeLessThan(100)
        ;({ more } = await store.writer.maintain({ now: START + 4 * HOUR, steady: DAY }))
        await using fresh = store.openReader()
        for (const reader of [store.reader, fresh]) {
          for (const [i, window] of windows.entries())
            expectSameSlots(await reader.slots({ ...window, members: RECORDED }), slotsBefore[i])
          expect(await reader.tail(tail)).toEqual(tailBefore)
        }
      }
      expect(steps).toBeGreaterThan(3)
    })

    it('seals nothing while the clock is not steady', async () => {
      await using store = await open()
      for (const batch of recordedBatches().slice(0, 300)) await store.writer.append(batch)
      expect(await store.writer.maintain({ now: START + DAY, steady: 10 * MINUTE - 1 })).toEqual({
        more: false,
      })
    })
  })
}

const DAY = 24 * HOUR
const MINUTES = [30, 60, 120, 300, 600, 900, 1_800, 3_600]
const RECORDINGS: readonly {
  name: string
  recording: Recording
  isSealed: boolean
  steps: readonly number[]
}[] = [
  { name: '6 h as they came', recording: SHORT_RECORDING, isSealed: false, steps: MINUTES },
  {
    name: '6 h over midnight, sealed',
    recording: { start: START - 3 * HOUR, interval: 30 * SECOND },
    isSealed: true,
    steps: MINUTES,
  },
  {
    name: '60 h, sealed',
    recording: { start: START - 3 * HOUR, interval: 300 * SECOND },
    isSealed: true,
    steps: [300, 900, 1_800, 3_600, 7_200, 21_600, 86_400],
  },
]

/** All the housekeeping there is to do. */
export async function keepHouse(writer: MetricsWriter, now: number): Promise<void> {
  for (let steps = 0; (await writer.maintain({ now, steady: DAY })).more; steps++)
    if (steps > 1_000) throw new Error('housekeeping does not end')
}

interface WindowChance {
  readonly random: () => number
  readonly recording: Recording
  /** s */
  readonly steps: readonly number[]
  /** Of one slot, not aligned to anything. */
  readonly isSingle: boolean
}

/** Somewhere around the recording. */
export function randomWindow({
  random,
  recording,
  steps,
  isSingle,
}: WindowChance): Omit<SlotQuery, 'members'> {
  const length = RECORDED_TICKS * recording.interval
  const step = isSingle
    ? 50 + Math.floor((random() * length) / 3)
    : (steps[Math.floor(random() * steps.length)] ?? 0) * SECOND
  const offset = Math.floor((random() * 7 - 1) * (length / 6))
  const from = isSingle ? recording.start + offset : Math.floor((recording.start + offset) / step) * step
  const count = isSingle ? 1 : 1 + Math.floor(random() * Math.min(240, (length * 2) / 3 / step))
  const sources = RECORDED_SOURCES.filter(() => random() < 0.4).concat('put')
  return { from, to: from + count * step, step, sources: [...new Set(sources)] }
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

/** A series that is left out beside its siblings has their seconds, and nothing else (storage.md 2.1, rule 2). */
function sumIn(sums: ReadonlyMap<string, number>, key: string): number {
  const known = sums.get(key)
  const [, siblings] = /^(\d+ \["grpc_handled",).* covered$/.exec(key) ?? []
  if (known !== undefined || siblings === undefined) return known ?? 0
  return Math.max(
    0,
    ...[...sums]
      .filter(([other]) => other.startsWith(siblings) && other.endsWith('covered'))
      .map(([, sum]) => sum),
  )
}
