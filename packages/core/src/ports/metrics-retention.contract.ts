import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TickBatch } from '../metrics/sample.ts'
import type { OpenMetricsStore } from './metrics-against-oracle.contract.ts'
import { batchOf, HOUR, M1, MINUTE, SECOND, START, scalar, tickOf } from './metrics-samples.contract.ts'

const DAY = 24 * HOUR
/** A store keeps samples of 7 days, and rollups of 90. */
const WINDOW = 2 * HOUR

/** Two an hour for nine days: the n-th has the value 10 n. */
const NINE_DAYS = Array.from(
  { length: 9 * 48 },
  (_, n): TickBatch =>
    batchOf(
      START + n * 30 * MINUTE,
      tickOf(M1, [scalar('put', 10 * n), scalar('proposals_pending', n), scalar('collector_up', 1)]),
    ),
)

/** MC-16 */
export function retentionCases(adapter: string, open: () => Promise<OpenMetricsStore>): void {
  describe(`MetricsStore contract: ${adapter}, retention`, () => {
    let store: OpenMetricsStore
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store[Symbol.asyncDispose]())

    const append = async (...batches: readonly TickBatch[]) => {
      for (const batch of batches) await store.writer.append(batch)
    }
    const timesFrom = async (from: number, to: number) => {
      const [ticks] = await store.reader.ticks({ members: [M1], sources: ['proposals_pending'], from, to })
      return [...(ticks?.times ?? [])]
    }
    const putIn = async (from: number, to: number, step: number) => {
      const window = { members: [M1], sources: ['put'] as const, from, to, step }
      const [one] = (await store.reader.slots(window)).members[0]?.series ?? []
      return one?.kind === 'counter' ? [...one.increase] : undefined
    }
    const keepHouseFor = async (hours: number, now: number) => {
      for (let more = true; more; ) ({ more } = await store.writer.maintain({ now, steady: hours * HOUR }))
    }

    it('MC-16 removes what is older than the limit and its look-back, and nothing newer', async () => {
      await append(...NINE_DAYS)
      const now = START + 9 * DAY
      expect(await store.reader.horizon()).toEqual({ ticks: START, rollups: START })
      await keepHouseFor(100, now)
      const limit = START + 2 * DAY
      expect(await store.reader.horizon()).toEqual({ ticks: limit, rollups: START })
      const left = NINE_DAYS.map(({ at }) => at).filter((at) => at >= limit - 2 * WINDOW)
      expect(await timesFrom(START, now)).toEqual(left)
      for (const step of [30 * SECOND, 300 * SECOND])
        expect(await putIn(limit, limit + step, step)).toEqual([10])
      const everyDay = await putIn(START, now, DAY)
      expect(everyDay).toEqual([470, 480, 480, 480, 480, 480, 480, 480, 480])
    })

    it('MC-16 does not let a clock that is wrong by 400 days wipe the history', async () => {
      await append(...NINE_DAYS)
      const now = START + 400 * DAY
      await keepHouseFor(0.99, now)
      expect(await timesFrom(START, now)).toHaveLength(NINE_DAYS.length)
      await keepHouseFor(1, now)
      expect((await timesFrom(START, now))[0]).toBe(START + DAY)
      await keepHouseFor(1.9, now)
      expect((await timesFrom(START, now))[0]).toBe(START + DAY)
      expect(await store.reader.horizon()).toEqual({ ticks: START + DAY + 2 * WINDOW, rollups: START + DAY })
      await keepHouseFor(0.5, now) // a restart
      await keepHouseFor(1, now)
      expect((await timesFrom(START, now))[0]).toBe(START + 2 * DAY)
    })

    it('MC-16 does not let a clock that is set back by 400 days, or by 3, wipe the history', async () => {
      await append(...NINE_DAYS)
      for (const now of [START - 400 * DAY, START + 6 * DAY]) {
        await keepHouseFor(1_000, now)
        expect(await timesFrom(START, START + 9 * DAY)).toHaveLength(NINE_DAYS.length)
      }
    })

    it.each([
      { name: 'in the head', wrong: [0, 1, 2], isSealed: false, again: 10 * MINUTE },
      { name: 'sealed, with the present window', wrong: [0, 150, 300], isSealed: true, again: WINDOW },
    ])('MC-16 takes ticks again after those of a wrong clock, $name', async ({ wrong, isSealed, again }) => {
      const right = [0, 1, 2].map((n) => batchOf(START + n * MINUTE, tickOf(M1, [scalar('put', n)])))
      const ahead = wrong.map((n) =>
        batchOf(START + 400 * DAY + n * MINUTE, tickOf(M1, [scalar('put', 50 + n)])),
      )
      await append(...right, ...ahead)
      if (isSealed) await keepHouseFor(0.5, START + 400 * DAY + 6 * HOUR)
      const next = batchOf(START + again, tickOf(M1, [scalar('put', 9)]))
      expect(await store.writer.append(next)).toMatchObject({ stored: 0, held: [M1.memberId] })
      const before = await store.reader.watermark([M1])

      const clock = { now: START + again, steady: 10 * MINUTE }
      expect(await store.writer.maintain({ ...clock, steady: clock.steady - 1 })).toEqual({ more: false })
      expect(await store.writer.append(next)).toMatchObject({ held: [M1.memberId] })
      for (let more = true; more; ) ({ more } = await store.writer.maintain(clock))
      expect(await store.writer.append(next)).toMatchObject({ stored: 1, held: [] })
      expect(await store.reader.watermark([M1])).not.toBe(before)
      expect(await timesFrom(START, START + 500 * DAY)).toEqual([...right, next].map(({ at }) => at))
      expect(await putIn(START, START + 4 * HOUR, 4 * HOUR)).toEqual([isSealed ? 2 : 9])
      expect(await store.reader.members()).toMatchObject([{ newestAt: next.at }])
      const [tail] = await store.reader.tail({ members: [M1], sources: ['put'], span: MINUTE })
      expect(tail?.times.at(-1)).toBe(next.at)
    })
  })
}
