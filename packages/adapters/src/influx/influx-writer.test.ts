import {
  batchOf,
  CLUSTER,
  LARGEST_ID,
  M1,
  M2,
  START,
  scalar,
  tickOf,
} from '@etcdmonitor/core/contracts/metrics-samples'
import type { MemberInfo } from '@etcdmonitor/core/ports/metrics-store'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { INTERVAL, openWriterRig, type WriterRig } from './writer-rig.contract.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

let rig: WriterRig
beforeEach(async () => {
  rig = await openWriterRig({ outboxMaxMs: 2 * HOUR })
})
afterEach(() => rig[Symbol.asyncDispose]())

const away = () => ({ status: 'none', cause: 'gone' }) as const
const waitingAt = () =>
  rig.outbox.summaries({ before: Number.MAX_SAFE_INTEGER }).map(({ at }) => (at - START) / INTERVAL)
const tick = (at: number, value = 1) => batchOf(at, tickOf(M1, [scalar('put', value)]))

describe('the bounds of the outbox', () => {
  it('IX-3 are hours, once the clock has gone evenly for one', async () => {
    rig.answer = away
    await rig.addTicks(4)
    const now = START + 2 * INTERVAL + 2 * HOUR
    expect(await rig.writer.maintain({ now, steady: HOUR - 1 })).toEqual({ more: false })
    expect(waitingAt()).toEqual([1, 2, 3, 4])
    expect(await rig.writer.maintain({ now, steady: HOUR })).toEqual({ more: true })
    expect(waitingAt()).toEqual([3, 4])
    expect(await rig.writer.maintain({ now, steady: HOUR })).toEqual({ more: false })
    const { dropped } = await rig.writer.append(tick(START + 5 * INTERVAL))
    expect(dropped).toEqual({ not_finite: 0, series_limit: 0, outbox_full: 2 })
    expect(rig.events.filter(({ event }) => event === 'outbox_dropping').map(({ fields }) => fields)).toEqual(
      [{ reason: 'outbox_full', records: 2, samples: 2 }],
    )
  })

  it('IX-3 are bytes: the oldest go, and the first that is left is marked', async () => {
    await using small = await openWriterRig({ outboxMaxBytes: 1_000 })
    small.answer = away
    await small.addTicks(30)
    const left = small.outbox.summaries({ before: Number.MAX_SAFE_INTEGER })
    expect(left.length).toBeGreaterThan(3)
    expect(left.length).toBeLessThan(20)
    expect(small.outbox.totals().bytes).toBeLessThanOrEqual(1_000)
    small.take()
    small.answer = () => ({ status: 204 })
    await small.clock.advance(60_000)
    const marks = small
      .take()
      .flat()
      .filter((line) => line.includes('etcdmonitor_mark=1'))
    expect(marks.map((line) => Number(line.split(' ').at(-1)))).toEqual([left[0]?.at])
  })
})

describe('a wrong clock', () => {
  it('MC-16 does not hold the right one: its ticks go, and the next is marked', async () => {
    rig.answer = away
    await rig.addTicks(2)
    const wrong = START + 400 * DAY
    await rig.writer.append(tick(wrong))
    await rig.writer.append(tick(wrong + INTERVAL))
    const next = tick(START + 3 * INTERVAL)
    const now = START + 3 * INTERVAL
    await rig.writer.maintain({ now, steady: 599_999 })
    expect((await rig.writer.append(next)).held).toEqual([M1.memberId])
    await rig.writer.maintain({ now, steady: 600_000 })
    expect((await rig.writer.append(next)).held).toEqual([])
    expect(waitingAt()).toEqual([1, 2, 3])
    rig.take()
    rig.answer = () => ({ status: 204 })
    await rig.clock.advance(60_000)
    const lines = rig.take().flat()
    expect(lines.at(-1)).toContain('etcdmonitor_mark=1')
  })

  it('MC-16 that is set back by 400 days takes nothing of more than a day', async () => {
    rig.answer = away
    for (let quarter = 1; quarter <= 6; quarter++) await rig.writer.append(tick(START + (quarter * DAY) / 4))
    await rig.writer.maintain({ now: START - 400 * DAY, steady: 100 * HOUR })
    expect(waitingAt()).toHaveLength(6)
    expect((await rig.writer.append(tick(START))).held).toEqual([M1.memberId])
  })
})

describe('the writer', () => {
  it('holds what is late over a restart of the process, and marks what comes first', async () => {
    await rig.writer.append(batchOf(START + INTERVAL, tickOf(M1, []), tickOf(M2, [])))
    expect(rig.outbox.newest().get(`${CLUSTER}/${LARGEST_ID}`)).toBe(START + INTERVAL)
    const both = batchOf(START + INTERVAL, tickOf(M2, []))
    expect((await rig.writer.append(both)).held).toEqual([LARGEST_ID])
  })

  it('writes descriptions when they change, and every hour while the member has ticks', async () => {
    const info: MemberInfo = {
      ...{ memberId: '1', name: 'one', serverVersion: '3.6.1', clusterVersion: '3.6.0', goVersion: 'go1.25' },
      scrapeError: '',
    }
    const written = () =>
      rig
        .take()
        .flat()
        .filter((line) => line.startsWith('etcdmonitor_member'))
    await rig.writer.describe(CLUSTER, [info])
    await rig.writer.describe(CLUSTER, [info])
    await rig.clock.settle()
    expect(written()).toHaveLength(1)
    await rig.writer.describe(CLUSTER, [{ ...info, scrapeError: 'it is down' }])
    await rig.clock.settle()
    expect(written()[0]).toContain('scrape_error="it%20is%20down"')
    const hourLater = async () => {
      await rig.clock.advance(HOUR)
      await rig.writer.maintain({ now: rig.clock.now(), steady: 0 })
      await rig.clock.settle()
      return written().length
    }
    expect(await hourLater()).toBe(0) // it has no ticks
    await rig.writer.append(tick(rig.clock.now() + HOUR))
    expect(await hourLater()).toBe(1)
  })

  it('takes nothing on a full disk', async () => {
    const full = { ...rig.outbox, room: () => 'full' as const }
    await using other = await openWriterRig({ outbox: full })
    await expect(other.writer.append(tick(START))).rejects.toMatchObject({ code: 'storage_unavailable' })
    expect(other.writer.health()).toEqual({ state: 'degraded', reason: 'disk_full' })
  })
})
