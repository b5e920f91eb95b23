import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HistogramSample, TickBatch } from '../metrics/sample.ts'
import type { SourceId } from '../metrics/sources.ts'
import {
  housekeepingCases,
  keepHouse,
  type OpenMetricsStore,
  oracleCases,
} from './metrics-against-oracle.contract.ts'
import { expectSlots, pairs } from './metrics-compare.contract.ts'
import { seriesKey } from './metrics-oracle.contract.ts'
import { RECORDED, RECORDED_SOURCES, recordedBatches } from './metrics-recording.contract.ts'
import { retentionCases } from './metrics-retention.contract.ts'
import {
  batchOf,
  CLUSTER,
  fsync,
  HOUR,
  LARGEST_ID,
  M1,
  M2,
  MINUTE,
  SECOND,
  START,
  scalar,
  tickOf,
} from './metrics-samples.contract.ts'
import type { MemberInfo, MemberRef, SeriesSlots, SlotQuery } from './metrics-store.ts'
import { vectorCases } from './metrics-vectors.contract.ts'

const DAY = 24 * HOUR
const NOTHING_DROPPED = { not_finite: 0, series_limit: 0 }

/** Where stores may differ. */
export interface StoreTraits {
  /** What -0 comes back as. */
  readonly negativeZero: 0 | -0
  /** It seals and removes by itself; a server does that behind the adapter. */
  readonly keepsHouse: boolean
}

const EMBEDDED: StoreTraits = { negativeZero: -0, keepsHouse: true }

/** What every metrics store must do (storage.md 3.1), against an oracle that shares no code with the folds. */
export function metricsStoreContract(
  adapter: string,
  open: () => Promise<OpenMetricsStore>,
  { negativeZero, keepsHouse }: StoreTraits = EMBEDDED,
): void {
  describe(`MetricsStore contract: ${adapter}`, () => {
    let store: OpenMetricsStore
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store[Symbol.asyncDispose]())

    const append = async (...batches: readonly TickBatch[]) => {
      for (const batch of batches) await store.writer.append(batch)
    }
    const slotsOf = async (
      member: MemberRef,
      query: Omit<SlotQuery, 'members'>,
    ): Promise<readonly SeriesSlots[]> =>
      (await store.reader.slots({ ...query, members: [member] })).members[0]?.series ?? []

    it('MC-1 answers when nothing is stored', async () => {
      const query = {
        members: [M1, M2],
        sources: ['put', 'wal_fsync'],
        from: START,
        to: START + HOUR,
      } as const
      const { members, ...rest } = await store.reader.slots({ ...query, step: MINUTE })
      expect(rest).toEqual({ from: START, step: MINUTE, slots: 60 })
      expect(members).toEqual([
        { member: M1, series: [] },
        { member: M2, series: [] },
      ])
      for (const answer of [
        await store.reader.ticks(query),
        await store.reader.tail({ ...query, span: 15 * MINUTE }),
      ]) {
        expect(answer.map(({ member }) => member)).toEqual([M1, M2])
        expect(answer.flatMap(({ times, series }) => [...times, ...series])).toEqual([])
      }
      expect(await store.reader.members()).toEqual([])
      expect(await store.reader.horizon()).toBeUndefined()
      expect(await store.reader.watermark([M1, M2])).toEqual(await store.reader.watermark([M1, M2]))
      expect(store.reader.health()).toEqual({ state: 'ok', reason: '' })
      expect(store.writer.health()).toEqual({ state: 'ok', reason: '' })
    })

    it('MC-2 gives every kind of two members back', async () => {
      const histogram = {
        ...fsync([0.5, 2], [3, 1, 2], 9.5),
        source: 'peer_rtt',
        labels: { peer: LARGEST_ID },
      }
      const scalars = [
        scalar('proposals_pending', 7),
        scalar('raft_index', 12),
        scalar('grpc_handled', 4, { method: 'Put', class: 'ok' }),
      ]
      const batch = batchOf(START, tickOf(M1, scalars), tickOf(M2, [], [histogram as HistogramSample]))
      expect(await store.writer.append(batch)).toEqual({ stored: 7, held: [], dropped: NOTHING_DROPPED })
      await append(
        batchOf(START + SECOND, tickOf(M1, [scalar('grpc_handled', 6, { class: 'ok', method: 'Put' })])),
      )

      const sources = ['proposals_pending', 'raft_index', 'grpc_handled', 'peer_rtt'] as const
      const [first, second, none] = await store.reader.ticks({
        members: [M1, M2, { clusterId: LARGEST_ID, memberId: '1' }],
        sources,
        from: START,
        to: START + HOUR,
      })
      const scalarsFound = first?.series.map((one) => [seriesKey(one.source, one.labels), pairs(first, one)])
      expect(new Map(scalarsFound as never)).toEqual(
        new Map([
          [seriesKey('proposals_pending', {}), [[START, 7]]],
          [seriesKey('raft_index', {}), [[START, 12]]],
          [
            seriesKey('grpc_handled', { method: 'Put', class: 'ok' }),
            [
              [START, 4],
              [START + SECOND, 6],
            ],
          ],
        ]),
      )
      expect(second?.member).toEqual(M2)
      expect(second?.series.map((one) => [one.kind, one.labels, pairs(second, one)])).toEqual([
        ['histogram', { peer: LARGEST_ID }, [[START, 3, 1, 2, 9.5]]],
      ])
      expect(none?.series).toEqual([])
      const members = await store.reader.members()
      expect(members.map(({ member }) => member)).toEqual([M1, M2])
      expect(members.map(({ firstAt, newestAt }) => [firstAt, newestAt])).toEqual([
        [START, START + SECOND],
        [START, START],
      ])
      expect(await store.reader.horizon()).toEqual({ ticks: START, rollups: START })
    })

    it('MC-3 has the sample at `from` in the window and the one at `to` out of it', async () => {
      for (const i of [0, 1, 2, 3])
        await append(batchOf(START + i * MINUTE, tickOf(M1, [scalar('proposals_pending', i)])))
      const window = { sources: ['proposals_pending'], from: START + MINUTE, to: START + 3 * MINUTE } as const
      const [slots] = await slotsOf(M1, { ...window, step: 2 * MINUTE })
      expect(slots).toMatchObject({ count: new Float64Array([2]), sum: new Float64Array([3]) })
      const [ticks] = await store.reader.ticks({ ...window, members: [M1] })
      expect([...(ticks?.times ?? [])].filter((at) => at >= window.from)).toEqual([
        START + MINUTE,
        START + 2 * MINUTE,
      ])
    })

    it('MC-4 holds what is not later than the newest tick of its member', async () => {
      const both = batchOf(START + MINUTE, tickOf(M1, [scalar('put', 1)]), tickOf(M2, [scalar('put', 2)]))
      await append(both)
      const before = await store.reader.watermark([M1, M2])
      const changed = batchOf(both.at, tickOf(M1, [scalar('put', 5)]), tickOf(M2, [scalar('put', 5)]))
      expect(await store.writer.append(changed)).toEqual({
        stored: 0,
        held: [M1.memberId, M2.memberId],
        dropped: NOTHING_DROPPED,
      })
      expect(await store.reader.watermark([M1, M2])).toBe(before)

      const late = { clusterId: CLUSTER, memberId: '3' }
      const older = batchOf(START, tickOf(M1, [scalar('put', 5)]), tickOf(late, [scalar('put', 3)]))
      expect(await store.writer.append(older)).toMatchObject({ stored: 1, held: [M1.memberId] })
      expect(await store.writer.append(batchOf(both.at, tickOf(late, [scalar('put', 4)])))).toMatchObject({
        stored: 1,
        held: [],
      })
      const found = await store.reader.ticks({
        members: [M1, M2, late],
        sources: ['put'],
        from: START,
        to: START + HOUR,
      })
      expect(found.map((ticks) => ticks.series.map((one) => pairs(ticks, one)))).toEqual([
        [[[both.at, 1]]],
        [[[both.at, 2]]],
        [
          [
            [START, 3],
            [both.at, 4],
          ],
        ],
      ])
    })

    it('MC-5 leaves a gap where a tick holds nothing of a source', async () => {
      await append(
        batchOf(START, tickOf(M1, [scalar('collector_up', 1), scalar('proposals_pending', 4)])),
        batchOf(START + MINUTE, tickOf(M1, [scalar('collector_up', 0)])),
        batchOf(START + 2 * MINUTE, tickOf(M1, [])),
      )
      const series = await slotsOf(M1, {
        sources: ['proposals_pending', 'collector_up'],
        from: START,
        to: START + 3 * MINUTE,
        step: MINUTE,
      })
      const lasts = series.map((one) => [one.source, one.kind === 'gauge' && [...one.last]])
      expect(Object.fromEntries(lasts)).toEqual({
        proposals_pending: [4, Number.NaN, Number.NaN],
        collector_up: [1, 0, Number.NaN],
      })
      expect(await store.reader.members()).toMatchObject([
        { firstAt: START, newestAt: START + 2 * MINUTE, newestOkAt: START },
      ])
    })

    vectorCases({ append, slotsOf })

    it('MC-9 shows each tick at once to a reader that stayed open', async () => {
      const appended: TickBatch[] = []
      for (const batch of recordedBatches().slice(0, 24)) {
        await append(batch)
        appended.push(batch)
        await using fresh = store.openReader()
        for (const reader of [store.reader, fresh]) {
          const window = { from: START, to: START + 12 * MINUTE, step: 2 * MINUTE }
          await expectSlots(reader, appended, { ...window, sources: ['put', 'grpc_handled', 'wal_fsync'] })
          const [tail] = await reader.tail({
            members: [RECORDED[0]],
            sources: ['scrape_interval_seconds'],
            span: MINUTE,
          })
          const newest = newestOf(appended, RECORDED[0])
          expect(tail?.times.at(-1)).toBe(newest)
          const member = (await reader.members()).find((one) => one.member.memberId === RECORDED[0].memberId)
          expect(member?.newestAt).toBe(newest)
        }
        expect(await store.reader.watermark(RECORDED)).toBe(await fresh.watermark(RECORDED))
      }
    })

    it.each([
      { name: 'as they came', isSealed: false },
      { name: 'sealed', isSealed: true },
    ])(
      'MC-10 finds the newest samples of a source that ended hours and days ago, $name',
      async ({ isSealed }) => {
        const at = { early: START, late: START + 3 * DAY - 3 * HOUR, now: START + 3 * DAY }
        const rising = (sources: readonly SourceId[], end: number) =>
          [2, 1, 0].map((i) =>
            batchOf(
              end - i * MINUTE,
              tickOf(
                M1,
                sources.map((source) => scalar(source, 10 - i)),
              ),
            ),
          )
        const histogram = (end: number) =>
          [2, 1, 0].map((i) => batchOf(end - i * MINUTE, tickOf(M1, [], [fsync([1], [9 - i, 1], 5 - i)])))
        await append(...rising(['put', 'txn'], at.early))
        await append(...histogram(at.late))
        await append(...rising(['cpu_seconds'], at.late + 10 * MINUTE))
        await append(...rising(['proposals_pending'], at.now))
        const sources = ['put', 'txn', 'wal_fsync', 'cpu_seconds', 'proposals_pending'] as const
        await using fresh = store.openReader()
        if (isSealed) await keepHouse(store.writer, at.now + 3 * HOUR)
        for (const reader of [store.reader, fresh]) {
          const [ticks] = await reader.tail({ members: [M1], sources, span: 90 * SECOND })
          const found = Object.fromEntries(
            (ticks?.series ?? []).map((one) => [one.source, pairs(ticks, one)]),
          )
          expect(found.put).toEqual([
            [at.early - 2 * MINUTE, 8],
            [at.early - MINUTE, 9],
            [at.early, 10],
          ])
          expect(found.txn).toEqual(found.put)
          expect(found.wal_fsync).toEqual([
            [at.late - 2 * MINUTE, 7, 1, 3],
            [at.late - MINUTE, 8, 1, 4],
            [at.late, 9, 1, 5],
          ])
          expect(found.cpu_seconds?.at(-1)).toEqual([at.late + 10 * MINUTE, 10])
          expect(found.proposals_pending?.slice(-2)).toEqual([
            [at.now - MINUTE, 9],
            [at.now, 10],
          ])
          expect([...(ticks?.times ?? [])]).toEqual([...(ticks?.times ?? [])].sort((a, b) => a - b))
        }
      },
    )

    it('MC-11 counts the first tick under new bounds as a reset, in the new series', async () => {
      await append(
        batchOf(START, tickOf(M1, [], [fsync([1, 2], [4, 1, 0], 5)])),
        batchOf(START + MINUTE, tickOf(M1, [], [fsync([1, 2], [6, 1, 1], 9)])),
        batchOf(START + 2 * MINUTE, tickOf(M1, [], [fsync([1, 4], [9, 2, 1], 10)])),
        batchOf(START + 3 * MINUTE, tickOf(M1, [], [fsync([1, 4], [9, 3, 1], 13)])),
      )
      // The second window sees the old bounds in its seam alone.
      for (const from of [START, START + 2 * MINUTE]) {
        const window = { from, to: START + 4 * MINUTE, step: MINUTE }
        const series = await slotsOf(M1, { ...window, sources: ['wal_fsync'] })
        const now = series.find((one) => one.kind === 'histogram' && one.bounds[1] === 4)
        if (now?.kind !== 'histogram') throw new Error('no series with the new bounds')
        expect(now.buckets.map((one) => [...one].slice(-2))).toEqual([
          [9, 0],
          [2, 1],
          [1, 0],
        ])
        expect([...now.covered].slice(-2)).toEqual([60, 60])
        expect([...now.sum].slice(-2)).toEqual([10, 3])
        expect([...now.total].slice(-2)).toEqual([12, 13])
      }
      const old = (
        await slotsOf(M1, { sources: ['wal_fsync'], from: START, to: START + 4 * MINUTE, step: 4 * MINUTE })
      ).find((one) => one.kind === 'histogram' && one.bounds[1] === 2)
      expect(old).toMatchObject({
        covered: new Float64Array([60]),
        sum: new Float64Array([4]),
        total: new Float64Array([8]),
      })
    })

    it('MC-12 drops what is no number and keeps every other bit', async () => {
      const exact: readonly (readonly [SourceId, number])[] = [
        ['proposals_pending', 2 ** 53],
        ['raft_term', 1.8446744073709552e19],
        ['rss_bytes', 1e-300],
        ['goroutines', 0.1 + 0.2],
        ['threads', -0],
      ]
      const wrong = [
        scalar('put', Number.NaN),
        scalar('cpu_seconds', Number.POSITIVE_INFINITY),
        scalar('gc_sum', Number.NEGATIVE_INFINITY),
      ]
      const result = await store.writer.append(
        batchOf(
          START,
          tickOf(
            M1,
            [...wrong, ...exact.map(([source, value]) => scalar(source, value))],
            [fsync([1], [2, Number.NaN], 3), { ...fsync([1], [2, 1], 3), source: 'wal_write' }],
          ),
        ),
      )
      expect(result.stored).toBe(exact.length + 3)
      expect(result.dropped.not_finite).toBeGreaterThanOrEqual(4)
      const sources = [
        ...exact.map(([source]) => source),
        'put',
        'cpu_seconds',
        'gc_sum',
        'wal_fsync',
      ] as const
      const [ticks] = await store.reader.ticks({ members: [M1], sources, from: START, to: START + 1 })
      const found = ticks?.series.filter((one) => pairs(ticks, one).length > 0) ?? []
      expect(found).toHaveLength(exact.length)
      for (const [source, given] of exact) {
        const value = given === 0 ? negativeZero : given
        const one = found.find((series) => series.source === source)
        expect(Object.is(one?.kind !== 'histogram' && one?.values[ticks?.first ?? 0], value), source).toBe(
          true,
        )
      }
    })

    describe('MC-13 bounds of one call', () => {
      const refused = { code: 'too_many_points' }
      const window = { from: START, to: START + 10_000 * SECOND, step: SECOND }

      it('refuses more than 64 members, 200 sources or 10,000 slots', async () => {
        const members = Array.from({ length: 65 }, (_, i) => ({
          clusterId: CLUSTER,
          memberId: String(i + 1),
        }))
        const sources = new Array<SourceId>(201).fill('put')
        const one = { members: [M1], sources: ['put'] as const }
        const { reader } = store
        await expect(reader.slots({ ...one, ...window, members })).rejects.toMatchObject(refused)
        await expect(reader.slots({ ...one, ...window, sources })).rejects.toMatchObject(refused)
        await expect(reader.slots({ ...one, ...window, to: window.to + SECOND })).rejects.toMatchObject(
          refused,
        )
        await expect(reader.ticks({ ...one, ...window, members })).rejects.toMatchObject(refused)
        await expect(reader.ticks({ ...one, ...window, sources })).rejects.toMatchObject(refused)
        await expect(reader.tail({ ...one, members, span: MINUTE })).rejects.toMatchObject(refused)
        await expect(reader.tail({ ...one, sources, span: MINUTE })).rejects.toMatchObject(refused)
        await expect(
          reader.slots({ ...one, ...window, members: members.slice(0, 64) }),
        ).resolves.toMatchObject({ slots: 10_000 })
      })

      it('refuses an answer of more than 8,000,000 numbers', async () => {
        const bounds = Array.from({ length: 64 }, (_, i) => i + 1)
        const histograms = Array.from(
          { length: 12 }, // 68 columns of 10,000 slots each
          (_, i): HistogramSample => ({
            ...fsync(bounds, new Array<number>(65).fill(i), i),
            source: 'peer_rtt',
            labels: { peer: String(i) },
          }),
        )
        await append(batchOf(START, tickOf(M1, [], histograms)))
        const query = { members: [M1], sources: ['peer_rtt'] as const, ...window }
        await expect(store.reader.slots(query)).rejects.toMatchObject(refused)
        const { to, ...rest } = query
        const fewer = await store.reader.slots({ ...rest, to: to - 3_000 * SECOND })
        expect(fewer.members[0]?.series).toHaveLength(12)
      })

      it('ends a call whose caller has gone', async () => {
        await append(...recordedBatches().slice(0, 10))
        const query = { members: RECORDED, sources: RECORDED_SOURCES, ...window }
        const gone = new Error('the caller has gone')
        const left = new AbortController()
        const calls = [
          store.reader.slots(query, { signal: left.signal }),
          store.reader.ticks(query, { signal: left.signal }),
        ]
        left.abort(gone)
        expect(await Promise.allSettled(calls)).toEqual(
          calls.map(() => ({ status: 'rejected', reason: gone })),
        )
        await expect(store.reader.ticks(query, { signal: left.signal })).rejects.toBe(gone)
      })
    })

    it('MC-14 has a watermark that changes with each tick of its members and not otherwise', async () => {
      const seen = new Set<string>()
      const isNew = async () => {
        const watermark = await store.reader.watermark([M1])
        const known = seen.has(watermark)
        seen.add(watermark)
        return !known
      }
      await isNew()
      for (const i of [1, 2, 3]) {
        await append(batchOf(START + i * MINUTE, tickOf(M1, [scalar('put', 1)])))
        expect(await isNew()).toBe(true)
        expect(await isNew()).toBe(false)
        await append(batchOf(START + i * MINUTE, tickOf(M1, [scalar('put', 2)]))) // held
        await append(batchOf((i + 1) * MINUTE + START, tickOf(M2, [scalar('put', 2)]))) // the next of M1 comes after it
        await store.writer.remember('one', String(i))
        expect(await isNew()).toBe(false)
      }
      const both = await store.reader.watermark([M1, M2])
      await append(batchOf(START + 5 * MINUTE, tickOf(M2, [scalar('put', 3)])))
      expect(await store.reader.watermark([M1, M2])).not.toBe(both)
    })

    describe('MC-15 texts', () => {
      const STRANGE = 'a "quoted" \\back\\slash\nline\tfeed \u{1f980} \u0000 é'
      const info: MemberInfo = {
        memberId: M1.memberId,
        name: STRANGE,
        serverVersion: '3.6.1',
        clusterVersion: '3.6.0',
        goVersion: 'go1.25',
        scrapeError: '',
      }

      it('gives the newest description of each member back as it was given', async () => {
        await store.writer.describe(CLUSTER, [info, { ...info, memberId: LARGEST_ID, name: 'other' }])
        await store.writer.describe(CLUSTER, [{ ...info, scrapeError: STRANGE }])
        await append(batchOf(START, tickOf(M1, [scalar('collector_up', 1)])))
        await store.writer.describe(CLUSTER, [])
        await using fresh = store.openReader()
        for (const reader of [store.reader, fresh])
          expect(await reader.members()).toEqual([
            {
              member: M1,
              info: { ...info, scrapeError: STRANGE },
              firstAt: START,
              newestAt: START,
              newestOkAt: START,
            },
            {
              member: M2,
              info: { ...info, memberId: LARGEST_ID, name: 'other' },
              firstAt: 0,
              newestAt: 0,
              newestOkAt: 0,
            },
          ])
      })

      it('keeps the newest reset of the data, and that there is none', async () => {
        const resetAt = (at: number): MemberInfo => ({
          ...info,
          dataReset: { at, before: '18446744073709551615', after: '3' },
        })
        await store.writer.describe(CLUSTER, [resetAt(START), { ...info, memberId: LARGEST_ID }])
        await store.writer.describe(CLUSTER, [resetAt(START + MINUTE)])
        const found = await store.reader.members()
        const resets = new Map(
          found.map(({ member, info: { dataReset } = info }) => [member.memberId, dataReset]),
        )
        expect(resets.get(M1.memberId)).toEqual({
          at: START + MINUTE,
          before: '18446744073709551615',
          after: '3',
        })
        expect(resets.get(LARGEST_ID)).toBeUndefined()
        await store.writer.describe(CLUSTER, [info])
        expect((await store.reader.members()).map((one) => one.info)).toContainEqual(info)
      })

      it('cuts long ones', async () => {
        const long = 'x'.repeat(1_000)
        await store.writer.describe(CLUSTER, [
          {
            ...info,
            name: long,
            scrapeError: long,
            serverVersion: long,
            clusterVersion: long,
            goVersion: long,
          },
        ])
        const [found] = await store.reader.members()
        const { dataReset: _, ...texts } = found?.info ?? info
        const lengths = Object.values(texts).map((text) => text.length)
        expect(lengths.sort((a, b) => a - b)).toEqual([1, 64, 64, 64, 128, 220])
      })

      it('keeps labels', async () => {
        await append(batchOf(START, tickOf(M1, [scalar('grpc_started', 1, { method: STRANGE })])))
        const window = { from: START, to: START + MINUTE, step: MINUTE }
        const [one] = await slotsOf(M1, { ...window, sources: ['grpc_started'] })
        expect(one?.labels).toEqual({ method: STRANGE })
      })

      it('remembers', async () => {
        expect(await store.writer.recall('one')).toBeUndefined()
        await store.writer.remember('one', STRANGE)
        await store.writer.remember('two', '')
        expect(await store.writer.recall('one')).toBe(STRANGE)
        expect(await store.writer.recall('two')).toBe('')
        const half = `${STRANGE}\ud800` // of a surrogate pair
        await store.writer.remember('one', half)
        expect(await store.writer.recall('one')).toBe(half)
      })
    })

    it('MC-17 throws storage_unavailable after dispose, which may come twice', async () => {
      await append(batchOf(START, tickOf(M1, [scalar('put', 1)])))
      const { writer, reader } = store
      for (const half of [reader, writer, reader, writer]) await half[Symbol.asyncDispose]()
      const query = { members: [M1], sources: ['put'] as const, from: START, to: START + MINUTE }
      const calls: readonly (() => Promise<unknown>)[] = [
        () => writer.append(batchOf(START + MINUTE, tickOf(M1, []))),
        () => writer.describe(CLUSTER, []),
        () => writer.maintain({ now: START, steady: DAY }),
        () => writer.recall('one'),
        () => writer.remember('one', ''),
        () => reader.slots({ ...query, step: MINUTE }),
        () => reader.ticks(query),
        () => reader.tail({ ...query, span: MINUTE }),
        () => reader.members(),
        () => reader.horizon(),
        () => reader.watermark([M1]),
      ]
      for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'storage_unavailable' })
      expect(reader.health().state).toBe('unavailable')
      expect(writer.health().state).toBe('unavailable')
    })
  })

  oracleCases(adapter, open)
  if (!keepsHouse) return
  housekeepingCases(adapter, open)
  retentionCases(adapter, open)
}

const newestOf = (batches: readonly TickBatch[], { memberId }: MemberRef): number | undefined =>
  batches.findLast(({ members }) => members.some((one) => one.memberId === memberId))?.at
