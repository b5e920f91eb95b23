import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { AppError, StartRefused } from '@etcdmonitor/core/errors'
import type { OutboxBatch } from '@etcdmonitor/core/ports/outbox'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openSqliteOutbox } from './open-outbox.ts'

const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }
let dataDir: string
const open = () => openSqliteOutbox({ dataDir, clock: manualClock(), log })
const batch = (at: number, members: OutboxBatch['members'] = { '1/1': ['page'] }): OutboxBatch => ({
  at,
  members,
  lines: 2,
  samples: 3,
  body: new TextEncoder().encode(`body ${at}`),
})

const FLIPS = process.env.TEST_SUITE === 'full' ? 2_000 : 100

/** Everything that the writer does; true: all batches are there. @throws what is no expected failure */
async function use(start: typeof open): Promise<boolean> {
  try {
    using outbox = await start()
    const { length } = outbox.oldest({ records: 99 })
    for (const work of [
      () => outbox.newest(),
      () => outbox.lastTick(),
      () => outbox.summaries({ before: 9, after: 20 }),
      () => outbox.nextTick('1/1', 'page', 3),
      () => outbox.totals(),
      () => outbox.refused(),
      () => outbox.recall('one'),
      () =>
        outbox.settle({ remove: [1, 2], add: [batch(99)], replace: [{ id: 5, body: new Uint8Array(9) }] }),
    ])
      expectStorageError(work)
    return length === 30
  } catch (error) {
    if (error instanceof StartRefused || error instanceof AppError) return false
    throw error
  }
}

function expectStorageError(work: () => unknown): void {
  try {
    work()
  } catch (error) {
    expect(error).toMatchObject({ code: 'storage_unavailable' })
  }
}

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-outbox-'))
  vi.clearAllMocks()
})
afterEach(() => rmSync(dataDir, { recursive: true }))

describe('the outbox', () => {
  it('keeps batches, refused lines and the newest ticks over a restart', async () => {
    {
      using outbox = await open()
      expect(outbox.totals()).toEqual({ records: 0, bytes: 0, oldestAt: 0 })
      expect(outbox.lastTick()).toEqual([])
      outbox.settle({ add: [batch(100), batch(200)], newest: [['1/1', 200]] })
      outbox.settle({
        remove: [1],
        add: [batch(300)],
        refused: [{ at: 100, status: 400, reason: 'why', line: 'a b=1 100' }],
        newest: [['1/2', 300]],
      })
      outbox.remember('one', 'two')
    }
    using outbox = await open()
    expect(outbox.oldest({ records: 9 })).toEqual([
      { id: 2, ...batch(200), bytes: 8 },
      { id: 3, ...batch(300), bytes: 8 },
    ])
    expect(outbox.oldest({ records: 1 }).map(({ id }) => id)).toEqual([2])
    expect(outbox.totals()).toEqual({ records: 2, bytes: 16, oldestAt: 200 })
    expect(outbox.refused()).toEqual([{ at: 100, status: 400, reason: 'why', line: 'a b=1 100' }])
    expect([...outbox.newest()]).toEqual([
      ['1/1', 200],
      ['1/2', 300],
    ])
    expect(outbox.recall('one')).toBe('two')
    expect(statSync(join(dataDir, 'outbox.db')).mode & 0o777).toBe(0o600)
  })

  it('changes nothing when a part of a change cannot be made', async () => {
    using outbox = await open()
    outbox.settle({ add: [batch(100)] })
    const bad = { ...batch(200), at: 'soon' as unknown as number } // what a STRICT table refuses
    expect(() => outbox.settle({ remove: [1], add: [bad] })).toThrow()
    expect(outbox.oldest({ records: 9 }).map(({ at }) => at)).toEqual([100])
  })

  it('knows the tick that came last, in all its parts, and no batch that is none', async () => {
    using outbox = await open()
    outbox.settle({ add: [batch(100), batch(200), batch(200, { '1/2': [] }), batch(900, {})] })
    expect(outbox.lastTick().map(({ id }) => id)).toEqual([2, 3])
  })

  it('gives of the oldest what fits, but one at least', async () => {
    using outbox = await open()
    const add = [batch(100), batch(200), { ...batch(300), lines: 5 }, batch(400)]
    outbox.settle({ add })
    const ids = (bounds: Parameters<typeof outbox.oldest>[0]) => outbox.oldest(bounds).map(({ id }) => id)
    expect(ids({ records: 9, lines: 1 })).toEqual([1])
    expect(ids({ records: 9, lines: 4 })).toEqual([1, 2])
    expect(ids({ records: 9, lines: 8 })).toEqual([1, 2])
    expect(ids({ records: 9, lines: 11 })).toEqual([1, 2, 3, 4])
    expect(ids({ records: 3, lines: 11 })).toEqual([1, 2, 3])
    outbox.settle({ remove: [1, 2] })
    expect(ids({ records: 9, lines: 4 })).toEqual([3])
  })

  it('finds the next tick of a group of a member', async () => {
    using outbox = await open()
    const add = [batch(100), batch(200, { '1/2': ['page'] }), batch(300, { '1/1': ['status'] }), batch(400)]
    outbox.settle({ add })
    expect(outbox.nextTick('1/1', 'page', 100)).toEqual({ id: 4, ...batch(400), bytes: 8 })
    expect(outbox.nextTick('1/1', 'status', 100)?.at).toBe(300)
    expect(outbox.nextTick('1/2', 'page', 200)).toBeUndefined()
    outbox.settle({ replace: [{ id: 4, body: new TextEncoder().encode('other') }] })
    expect(outbox.read([4, 99, 1]).map(({ id, body }) => [id, body.length])).toEqual([
      [4, 5],
      [1, 8],
    ])
    const at = (bounds: { before?: number; after?: number }) => outbox.summaries(bounds).map((one) => one.at)
    expect(at({ before: 200 })).toEqual([100, 200])
    expect(at({ after: 200 })).toEqual([300, 400])
    expect(at({})).toEqual([])
  })

  it('keeps the newest 10 MiB of refused lines', async () => {
    using outbox = await open()
    const line = 'x'.repeat(4 * 1_048_576)
    for (const at of [1, 2, 3, 4]) outbox.settle({ refused: [{ at, status: 400, reason: 'why', line }] })
    expect(outbox.refused().map(({ at }) => at)).toEqual([4, 3])
  })

  it('is one of its folder', async () => {
    using _ = await open()
    const clock = manualClock()
    const second = openSqliteOutbox({ dataDir, clock, log })
    const refused = expect(second).rejects.toThrow('another collector writes to')
    for (let i = 0; i < 101; i++) await clock.advance(100)
    await refused
  })

  it('refuses the file of something else', async () => {
    using foreign = new DatabaseSync(join(dataDir, 'outbox.db'))
    foreign.exec('CREATE TABLE mine (a)')
    await expect(open()).rejects.toThrow('is no outbox of etcdmonitor')
  })

  it('sets a damaged file aside and begins a new one', async () => {
    writeFileSync(join(dataDir, 'outbox.db'), 'x'.repeat(8_192))
    using outbox = await open()
    outbox.settle({ add: [batch(100)] })
    expect(outbox.totals().records).toBe(1)
    expect(log.error.mock.calls.map(([event]) => event)).toEqual(['store_set_aside'])
    expect(readdirSync(dataDir).some((name) => name.startsWith('outbox.db.corrupt-'))).toBe(true)
  })

  it('sets a file aside whose tables are not those of the version that it names', async () => {
    const before = await open()
    before[Symbol.dispose]()
    using raw = new DatabaseSync(join(dataDir, 'outbox.db'))
    raw.exec('ALTER TABLE batch RENAME COLUMN samples TO qamples')
    raw.close()
    using outbox = await open()
    expect(outbox.totals().records).toBe(0)
    expect(log.error.mock.calls.map(([event]) => event)).toEqual(['store_set_aside'])
  })

  it(`F38 gives what the disk still has, or is set aside, with ${FLIPS} bits flipped one by one`, async () => {
    const file = join(dataDir, 'outbox.db')
    {
      using outbox = await open()
      for (let at = 1; at <= 30; at++) outbox.settle({ add: [batch(at)], newest: [['1/1', at]] })
      outbox.settle({ refused: [{ at: 1, status: 400, reason: 'why', line: 'a b=1 100' }] })
      outbox.remember('one', 'two')
    }
    const whole = readFileSync(file)
    let intact = 0
    for (const place of fc.sample(fc.nat(whole.length * 8 - 1), FLIPS)) {
      const flipped = Uint8Array.from(whole)
      flipped[place >> 3] = (flipped[place >> 3] ?? 0) ^ (1 << (place & 7))
      writeFileSync(file, flipped)
      for (const side of ['-wal', '-shm']) rmSync(`${file}${side}`, { force: true })
      intact += (await use(open)) ? 1 : 0
    }
    expect(intact).toBeGreaterThan(FLIPS / 2)
  })

  it('says so when it is closed', async () => {
    const outbox = await open()
    outbox[Symbol.dispose]()
    outbox[Symbol.dispose]()
    expect(() => outbox.totals()).toThrow(expect.objectContaining({ code: 'storage_unavailable' }))
    expect(() => outbox.settle({})).toThrow(expect.objectContaining({ code: 'storage_unavailable' }))
  })
})
