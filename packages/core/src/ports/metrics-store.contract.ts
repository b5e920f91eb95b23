import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HistogramSample, Labels, MemberTick, TickBatch } from '../metrics/sample.ts'
import type { SourceId } from '../metrics/sources.ts'
import type {
  CounterSlots,
  GaugeSlots,
  HistogramSlots,
  MetricsReader,
  MetricsWriter,
  SeriesSlots,
} from './metrics-store.ts'

/** One store: the collector's half, and a reader that stays open. */
export interface OpenMetricsStore extends AsyncDisposable {
  readonly writer: MetricsWriter
  readonly reader: MetricsReader
}

const CLUSTER = '14841639068965178418'
const A = '10276657743932975437'
const B = '18446744073709551615'
const T0 = 1_790_000_010_000 // a multiple of 30 s
const STEP = 30_000
const a = { clusterId: CLUSTER, memberId: A }
const b = { clusterId: CLUSTER, memberId: B }

type Values = Readonly<Partial<Record<SourceId, number>>>
const scalar = (source: SourceId, value: number, labels: Labels = {}) => ({ source, labels, value })
const tickOf = (memberId: string, values: Values, more: Partial<MemberTick> = {}): MemberTick => ({
  memberId,
  scalars: (Object.entries(values) as [SourceId, number][]).map(([source, value]) => scalar(source, value)),
  histograms: [],
  ...more,
})
const batch = (i: number, ...members: MemberTick[]): TickBatch => ({
  clusterId: CLUSTER,
  at: T0 + i * STEP,
  members,
})
const up = { collector_up: 1, scrape_interval_seconds: 30 }
const fsync = (bounds: number[], buckets: number[], sum: number): HistogramSample => ({
  source: 'wal_fsync',
  labels: {},
  bounds,
  buckets,
  sum,
})
const only = <T>(list: readonly T[]): T => {
  expect(list).toHaveLength(1)
  return list[0] as T // just counted
}

/** What every metrics store must do (storage.md 3.1). Run it from each adapter's own test file. */
export function metricsStoreContract(adapter: string, open: () => Promise<OpenMetricsStore>): void {
  describe(`MetricsStore contract: ${adapter}`, () => {
    let store: OpenMetricsStore
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store[Symbol.asyncDispose]())

    const slots = async (
      source: SourceId,
      from: number,
      count: number,
      step = 1,
      member = a,
    ): Promise<readonly SeriesSlots[]> => {
      const query = {
        members: [member],
        sources: [source],
        from: T0 + from * STEP,
        to: T0 + (from + count * step) * STEP,
      }
      return (await store.reader.slots({ ...query, step: step * STEP })).members[0]?.series ?? []
    }

    it('MC-1 answers from an empty store', async () => {
      const { reader } = store
      const window = { members: [a], sources: ['put'] as const, from: T0, to: T0 + STEP }
      expect((await reader.slots({ ...window, step: STEP })).members).toEqual([{ member: a, series: [] }])
      expect(only(await reader.ticks(window)).times).toHaveLength(0)
      expect(only(await reader.tail({ members: [a], sources: ['put'], span: 300_000 })).series).toEqual([])
      expect(await reader.members()).toEqual([])
      expect(await reader.horizon()).toBeUndefined()
      expect(await reader.watermark([a])).toBe(await reader.watermark([a]))
    })

    it('MC-2 gives every kind back, with order-free labels and exact ids', async () => {
      const both = [A, B].map((id) =>
        tickOf(id, { ...up, db_total: 5, put: 7 }, { histograms: [fsync([1, 2], [3, 4, 5], 6)] }),
      )
      await store.writer.append(batch(0, ...both))
      await store.writer.append(
        batch(1, tickOf(A, up, { scalars: [scalar('grpc_handled', 1, { method: 'Put', class: 'ok' })] })),
      )
      await store.writer.append(
        batch(2, tickOf(A, up, { scalars: [scalar('grpc_handled', 4, { class: 'ok', method: 'Put' })] })),
      )
      const handled = only(await slots('grpc_handled', 0, 3)) as CounterSlots
      expect(handled.labels).toEqual({ method: 'Put', class: 'ok' })
      expect(handled.increase[2]).toBe(3)
      const answer = await store.reader.slots({
        members: [b, a],
        sources: ['db_total', 'wal_fsync'],
        from: T0,
        to: T0 + STEP,
        step: STEP,
      })
      expect(answer.members.map(({ member }) => member)).toEqual([b, a])
      for (const { series } of answer.members) {
        expect((series.find(({ kind }) => kind === 'gauge') as GaugeSlots).last[0]).toBe(5)
        expect((series.find(({ kind }) => kind === 'histogram') as HistogramSlots).total[0]).toBe(12)
      }
      expect((await store.reader.members()).map(({ member }) => member.memberId).sort()).toEqual([A, B])
    })

    it('MC-3 takes a sample at the beginning of a window in, and leaves one at its end out', async () => {
      for (const i of [0, 1, 2]) await store.writer.append(batch(i, tickOf(A, { ...up, db_total: i })))
      const gauge = only(await slots('db_total', 1, 1)) as GaugeSlots
      expect([gauge.count[0], gauge.last[0]]).toEqual([1, 1])
      const ticks = only(
        await store.reader.ticks({ members: [a], sources: ['db_total'], from: T0 + STEP, to: T0 + 2 * STEP }),
      )
      expect([...ticks.times.slice(ticks.first)]).toEqual([T0 + STEP])
    })

    it('MC-4 holds a tick that is repeated or late, and stores the late half of one', async () => {
      const { writer, reader } = store
      expect(await writer.append(batch(1, tickOf(A, { ...up, put: 1 })))).toMatchObject({
        stored: 3,
        held: [],
      })
      expect(await writer.append(batch(1, tickOf(A, { ...up, put: 9 })))).toMatchObject({
        stored: 0,
        held: [A],
      })
      expect(await writer.append(batch(1, tickOf(B, { ...up, put: 2 })))).toMatchObject({ held: [] })
      expect(await writer.append(batch(0, tickOf(A, up), tickOf(B, up)))).toMatchObject({
        held: [A, B],
        stored: 0,
      })
      expect((only(await slots('put', 1, 1)) as CounterSlots).last[0]).toBe(1)
      expect((only(await slots('put', 1, 1, 1, b)) as CounterSlots).last[0]).toBe(2)
      expect((await reader.members()).map(({ newestAt }) => newestAt)).toEqual([T0 + STEP, T0 + STEP])
    })

    it('MC-5 leaves a gap where a tick has no sample of a source, and stores a failed scrape', async () => {
      await store.writer.append(batch(0, tickOf(A, { ...up, db_total: 4 })))
      await store.writer.append(batch(1, tickOf(A, { collector_up: 0, scrape_interval_seconds: 30 })))
      await store.writer.append(batch(2, tickOf(A, { ...up, db_total: 6 })))
      const size = only(await slots('db_total', 0, 3)) as GaugeSlots
      expect([...size.count]).toEqual([1, 0, 1])
      expect([...size.last]).toEqual([4, Number.NaN, 6])
      expect([...(only(await slots('collector_up', 0, 3)) as GaugeSlots).last]).toEqual([1, 0, 1])
      expect(only(await store.reader.members())).toMatchObject({
        newestAt: T0 + 2 * STEP,
        newestOkAt: T0 + 2 * STEP,
      })
    })

    it('MC-7 MC-8 equals a plain fold over all samples, window by window, and adjacent windows add up', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(history, { minLength: 8, maxLength: 24 }),
          fc.nat(6),
          fc.integer({ min: 1, max: 3 }),
          async (plan, from, step) => {
            await using fresh = await open()
            const oracle = createOracle()
            for (const [i, one] of plan.entries()) {
              if (one === undefined) continue
              oracle.append(i, one)
              await fresh.writer.append(batch(i, tickOf(A, one)))
            }
            const read = async (first: number, count: number, width: number) => {
              const window = { members: [a], sources: ['put', 'current_revision', 'db_total'] as const }
              const to = T0 + (first + count * width) * STEP
              const answer = await fresh.reader.slots({
                ...window,
                from: T0 + first * STEP,
                to,
                step: count === 1 ? to - T0 - first * STEP : width * STEP,
              })
              return answer.members[0]?.series ?? []
            }
            const aligned = from - (from % step)
            const count = Math.max(1, Math.floor((plan.length - aligned) / step))
            for (const one of await read(aligned, count, step)) {
              for (let k = 0; k < count; k++) {
                const wanted = oracle.fold(one.source, aligned + k * step, aligned + (k + 1) * step)
                if (one.kind === 'counter') {
                  expect(one.covered[k]).toBeCloseTo(wanted.covered, 9)
                  expect(one.increase[k]).toBe(wanted.increase ?? Number.NaN)
                } else if (one.kind === 'gauge')
                  expect([one.count[k], one.last[k]]).toEqual([wanted.count, wanted.last ?? Number.NaN])
              }
              const [whole] = (await read(aligned, 1, count * step)).filter(
                ({ source }) => source === one.source,
              )
              if (one.kind === 'counter' && whole?.kind === 'counter')
                expect(whole.increase[0] || 0).toBeCloseTo(
                  one.increase.reduce((sum, value) => sum + (value || 0), 0),
                  6,
                )
            }
          },
        ),
        { numRuns: 40 },
      )
    })

    it('MC-9 shows what was appended to a reader that stayed open', async () => {
      const { writer, reader } = store
      expect(await reader.members()).toEqual([])
      for (const i of [0, 1, 2]) {
        await writer.append(batch(i, tickOf(A, { ...up, put: 10 * i })))
        expect((only(await slots('put', 0, 3)) as CounterSlots).last[i]).toBe(10 * i)
        expect(only(await reader.members()).newestAt).toBe(T0 + i * STEP)
      }
    })

    it('MC-10 gives single ticks with their seam, and the newest sample of a source however old it is', async () => {
      const hours = (n: number) => (n * 3_600_000) / STEP
      await store.writer.append(batch(0, tickOf(A, { ...up, put: 5, txn: 1 })))
      await store.writer.append(batch(hours(3), tickOf(A, { ...up, txn: 2, put: 8 })))
      await store.writer.append(batch(hours(72), tickOf(A, { ...up, txn: 3 })))
      await store.writer.append(batch(hours(72) + 1, tickOf(A, { ...up, txn: 9 })))
      const window = {
        members: [a],
        sources: ['txn'] as const,
        from: T0 + (hours(72) + 1) * STEP,
        to: T0 + (hours(72) + 2) * STEP,
      }
      const ticks = only(await store.reader.ticks(window))
      expect([...ticks.times]).toEqual([T0 + hours(72) * STEP, T0 + (hours(72) + 1) * STEP])
      expect(ticks.first).toBe(1)
      expect(only(ticks.series)).toMatchObject({ source: 'txn', values: Float64Array.of(3, 9) })
      const tail = only(await store.reader.tail({ members: [a], sources: ['put', 'txn'], span: 300_000 }))
      const newest = (source: SourceId) => {
        const series = tail.series.find((one) => one.source === source)
        return series?.kind === 'counter'
          ? series.values.findLast((value) => !Number.isNaN(value))
          : undefined
      }
      expect([newest('put'), newest('txn')]).toEqual([8, 9])
    })

    it('MC-11 counts the first tick of a histogram under new bounds as a reset, in the new series', async () => {
      await store.writer.append(batch(0, tickOf(A, up, { histograms: [fsync([1, 2], [4, 1, 0], 5)] })))
      await store.writer.append(batch(1, tickOf(A, up, { histograms: [fsync([1, 4], [2, 1, 0], 4)] })))
      const series = (await slots('wal_fsync', 0, 2)) as readonly HistogramSlots[]
      expect(series.map(({ bounds }) => bounds)).toEqual([
        [1, 2],
        [1, 4],
      ])
      expect(series.map(({ covered }) => covered[1])).toEqual([0, 30])
      expect(series[1]?.buckets.map((column) => column[1])).toEqual([2, 1, 0])
    })

    it('MC-12 drops what is not finite one by one, and keeps the rest to the bit', async () => {
      const values = {
        db_total: 2 ** 53,
        db_in_use: 1.8446744073709552e19,
        rss_bytes: 1e-300,
        keys: 0.1 + 0.2,
      }
      const bad = { put: Number.NaN, txn: Number.POSITIVE_INFINITY, delete: Number.NEGATIVE_INFINITY }
      expect(await store.writer.append(batch(0, tickOf(A, { ...values, ...bad })))).toMatchObject({
        stored: 4,
        dropped: { not_finite: 3, series_limit: 0 },
      })
      for (const [source, value] of Object.entries(values) as [SourceId, number][])
        expect((only(await slots(source, 0, 1)) as GaugeSlots).last[0]).toBe(value)
      expect(await slots('put', 0, 1)).toEqual([])
    })

    it('MC-13 refuses a query beyond the limits before any work', async () => {
      const window = { from: T0, to: T0 + STEP, step: STEP }
      const refused = expect.objectContaining({ code: 'too_many_points' })
      await expect(
        store.reader.slots({ ...window, members: Array(65).fill(a), sources: ['put'] }),
      ).rejects.toEqual(refused)
      await expect(
        store.reader.slots({ ...window, members: [a], sources: Array(201).fill('put') }),
      ).rejects.toEqual(refused)
      await expect(
        store.reader.slots({ members: [a], sources: ['put'], from: T0, to: T0 + 10_001 * 50, step: 50 }),
      ).rejects.toEqual(refused)
      await store.writer.append(batch(0, tickOf(A, up)))
      const gone = AbortSignal.abort(new Error('gone'))
      await expect(
        store.reader.slots({ ...window, members: [a], sources: ['put'] }, { signal: gone }),
      ).rejects.toThrow('gone')
    })

    it('MC-14 changes the watermark with each tick of a member that is stored, and not otherwise', async () => {
      const { writer, reader } = store
      const marks = [await reader.watermark([a])]
      await writer.append(batch(0, tickOf(A, up)))
      marks.push(await reader.watermark([a]))
      await writer.append(batch(0, tickOf(A, up)))
      await writer.append(batch(1, tickOf(B, up)))
      expect(await reader.watermark([a])).toBe(marks[1])
      await writer.append(batch(1, tickOf(A, up))) // after the same tick of another member
      marks.push(await reader.watermark([a]))
      expect(new Set(marks).size).toBe(3)
    })

    it('MC-15 keeps the newest description, and texts as they were given', async () => {
      const { writer, reader } = store
      const name = 'a"b\\c\n😀é'
      const info = {
        memberId: A,
        name,
        serverVersion: '3.4.23',
        clusterVersion: '3.4',
        goVersion: 'go1.16',
        scrapeError: '',
      }
      await writer.describe(CLUSTER, [{ ...info, name: 'before' }])
      await writer.describe(CLUSTER, [info])
      await writer.append(batch(0, tickOf(A, up)))
      expect(only(await reader.members())).toMatchObject({ member: a, info, firstAt: T0 })
      expect(await writer.recall('list')).toBeUndefined()
      await writer.remember('list', name)
      await writer.remember('list', `${name}\ud800`)
      expect(await writer.recall('list')).toBe(`${name}\ud800`)
    })

    it('MC-17 refuses every call after it was disposed of, which may be done twice', async () => {
      await store[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
      const refused = expect.objectContaining({ code: 'storage_unavailable' })
      await expect(store.writer.append(batch(0, tickOf(A, up)))).rejects.toEqual(refused)
      await expect(store.writer.recall('list')).rejects.toEqual(refused)
      await expect(store.reader.members()).rejects.toEqual(refused)
      await expect(slots('put', 0, 1)).rejects.toEqual(refused)
      expect(store.reader.health().state).toBe('unavailable')
    })
  })
}

/** One tick of a member, or none; 0 and falls among the counters. */
const history = fc.option(
  fc.record({
    put: fc.integer({ min: 0, max: 20 }),
    current_revision: fc.integer({ min: 0, max: 20 }),
    db_total: fc.integer({ min: 0, max: 9 }),
    scrape_interval_seconds: fc.constant(30),
    collector_up: fc.constant(1),
  }),
  { nil: undefined, freq: 4 },
)

/** The rules of metrics.md 3.2 and 3.3 as plainly as can be: all samples, one by one. */
function createOracle() {
  const samples = new Map<string, (readonly [i: number, value: number])[]>()
  return {
    append(i: number, values: Values) {
      for (const [source, value] of Object.entries(values))
        samples.set(source, [...(samples.get(source) ?? []), [i, value]])
    },
    fold(source: string, from: number, to: number) {
      const all = samples.get(source) ?? []
      const inside = all.filter(([i]) => i >= from && i < to)
      let covered = 0
      let increase: number | undefined
      for (const [i, value] of inside) {
        const before = all.filter(([j]) => j < i).at(-1)
        if (!before) continue
        const rose = value - before[1]
        if (source === 'current_revision' && (before[1] === 0 || value === 0 || rose < 0)) continue
        covered += (i - before[0]) * 30
        increase = (increase ?? 0) + (rose < 0 ? value : rose)
      }
      return { covered, increase, count: inside.length, last: inside.at(-1)?.[1] }
    },
  }
}
