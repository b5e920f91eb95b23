import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import type { Log } from '@etcdmonitor/core/ports/log'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openSqliteMetricsWriter } from './metrics-writer.ts'
import { openSqliteMetricsReader } from './reading/metrics-reader.ts'

const MINUTE = 60_000
const AT = 1_790_000_040_000
const MEMBER = { clusterId: '1', memberId: '2' }
const tick = (i: number): TickBatch => ({
  clusterId: '1',
  at: AT + i * MINUTE,
  members: [{ memberId: '2', scalars: [{ source: 'put', labels: {}, value: 10 * i }], histograms: [] }],
})

const warn = vi.fn<Log['warn']>()
const error = vi.fn<Log['error']>()
const clock = manualClock(AT)
let dataDir: string
const options = () => ({ dataDir, clock, log: { debug: () => {}, info: () => {}, warn, error } })
const openReader = () => openSqliteMetricsReader(options())
beforeEach(() => {
  warn.mockClear()
  error.mockClear()
  dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-metrics-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

async function store(...batches: readonly TickBatch[]): Promise<void> {
  await using writer = await openSqliteMetricsWriter(options())
  for (const batch of batches) await writer.append(batch)
}

function change(query: string): void {
  using db = new DatabaseSync(join(dataDir, 'metrics.db'))
  db.exec(query)
}

const FLIP = "SET v = CAST(substr(v, 1, 2) || x'ff' || substr(v, 4) AS BLOB)"

it('counts a delta across damaged rows, however many lie there', async () => {
  await store(...Array.from({ length: 12 }, (_, i) => tick(i)))
  change(`UPDATE head ${FLIP} WHERE id NOT IN (SELECT min(id) FROM head UNION SELECT max(id) FROM head)`)
  await using reader = openReader()
  const window = { from: AT + 11 * MINUTE, to: AT + 12 * MINUTE, step: MINUTE }
  const { members } = await reader.slots({ ...window, members: [MEMBER], sources: ['put'] })
  expect(members[0]?.series).toMatchObject([
    { increase: Float64Array.of(110), covered: Float64Array.of(660), last: Float64Array.of(110) },
  ])
  expect(reader.health()).toEqual({ state: 'degraded', reason: 'bad_blob' })
})

it('is no longer degraded a day after the last damaged row was found', async () => {
  await store(tick(0), tick(1), tick(2))
  change(`UPDATE head ${FLIP} WHERE id = (SELECT max(id) FROM head)`)
  const own = manualClock(AT)
  await using reader = openSqliteMetricsReader({ ...options(), clock: own })
  await reader.tail({ members: [MEMBER], sources: ['put'], span: MINUTE })
  await own.advance(24 * 60 * MINUTE - 1)
  expect(reader.health()).toEqual({ state: 'degraded', reason: 'bad_blob' })
  await own.advance(1)
  expect(reader.health()).toEqual({ state: 'ok', reason: '' })
})

it('tells in words that a damaged file cannot be set aside, and tries again with the next tick', async () => {
  await store(tick(0))
  const inTheWay = join(dataDir, 'metrics.db.corrupt-20260101T000000Z')
  mkdirSync(inTheWay) // a folder, which no file may replace
  await using writer = await openSqliteMetricsWriter(options())
  change('UPDATE member SET crc = crc + 1')
  await expect(writer.maintain({ now: AT, steady: 3_600_000 })).rejects.toMatchObject({
    code: 'storage_unavailable',
    message: expect.stringContaining('cannot be set aside'),
  })
  expect(writer.health()).toEqual({ state: 'degraded', reason: 'unreadable' })
  rmSync(inTheWay, { recursive: true })
  await expect(writer.append(tick(2))).rejects.toMatchObject({ code: 'storage_unavailable' })
  expect(await writer.append(tick(3))).toMatchObject({ stored: 1 })
})

it('finds newest samples that lie before a damaged row', async () => {
  await store(tick(0), tick(1), tick(2))
  change(`UPDATE head ${FLIP} WHERE id = (SELECT max(id) FROM head)`)
  await using reader = openReader()
  const [ticks] = await reader.tail({ members: [MEMBER], sources: ['put'], span: MINUTE })
  expect(ticks?.series).toMatchObject([{ source: 'put' }])
  const [one] = ticks?.series ?? []
  expect(one?.kind === 'counter' && one.values.filter((value) => !Number.isNaN(value))).toEqual(
    Float64Array.of(0, 10),
  )
})

it('leaves a damaged member or series out, and the others in', async () => {
  const other = { ...tick(0), members: [{ ...tick(0).members[0], memberId: '3' }] } as TickBatch
  await store(tick(0), other)
  change("UPDATE member SET member_id = '9' WHERE member_id = '3'")
  await using reader = openReader()
  expect(await reader.members()).toMatchObject([{ member: MEMBER }])
  change(
    "UPDATE series SET source = 'txn' WHERE member = 1; UPDATE meta SET value = 99 WHERE key = 'series_rev'",
  )
  const window = { from: AT, to: AT + MINUTE, step: MINUTE }
  const { members } = await reader.slots({ ...window, members: [MEMBER], sources: ['put', 'txn'] })
  expect(members).toEqual([{ member: MEMBER, series: [] }])
})

it.each([
  ['member', "UPDATE member SET member_id = '9'"],
  ['series', "UPDATE series SET source = 'txn'"],
])('sets a file aside in which a row of %s is damaged, and begins a new one', async (_, damage) => {
  await store(tick(0))
  change(damage)
  await using reader = openReader()
  await using writer = await openSqliteMetricsWriter(options())
  await expect(writer.append(tick(1))).rejects.toMatchObject({
    code: 'storage_unavailable',
    message: 'the metrics store is damaged',
  })
  expect(writer.health()).toEqual({ state: 'degraded', reason: 'unreadable' })
  expect(error.mock.calls).toMatchObject([['store_set_aside', { path: setsAside()[0] }]])
  expect(await writer.append(tick(2))).toMatchObject({ stored: 1, held: [] })
  expect(writer.health()).toEqual({ state: 'ok', reason: '' })
  await clock.advance(1_000)
  expect(await reader.members()).toMatchObject([{ member: MEMBER, firstAt: AT + 2 * MINUTE }])
})

it('F44 sets a file aside that is no database any more, and keeps one such set', async () => {
  for (const content of ['first', 'second']) {
    writeFileSync(join(dataDir, 'metrics.db'), content.repeat(2_000))
    await clock.advance(MINUTE)
    await store(tick(0))
    expect(setsAside()).toHaveLength(1)
    expect(readFileSync(setsAside()[0] ?? '', 'utf8')).toContain(content)
  }
})

it('F44 looks through the file after a stop that was not in good order', async () => {
  await store(...Array.from({ length: 40 }, (_, i) => tick(i)))
  const broken = () => {
    using db = new DatabaseSync(join(dataDir, 'metrics.db'))
    const { rootpage } = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'head'").get() ?? {}
    const bytes = readFileSync(join(dataDir, 'metrics.db'))
    bytes.fill(0xff, (Number(rootpage) - 1) * 8_192 + 8, Number(rootpage) * 8_192 - 4_000)
    return bytes
  }
  writeFileSync(join(dataDir, 'metrics.db'), broken())
  await (await openSqliteMetricsWriter(options()))[Symbol.asyncDispose]()
  expect(setsAside()).toEqual([]) // it was stopped in good order: nothing is looked for
  change("UPDATE meta SET value = '0' WHERE key = 'clean'")
  await (await openSqliteMetricsWriter(options()))[Symbol.asyncDispose]()
  expect(setsAside()).toHaveLength(1)
})

it.each([
  ['the case of a letter in a name', (file: Buffer) => file.write('First_at', file.indexOf('first_at'))],
  ['the number of the format', (file: Buffer) => file.writeUInt8(36, 47)],
])('sets a file aside in whose schema %s is another', async (_, damage) => {
  await store(tick(0))
  const file = readFileSync(join(dataDir, 'metrics.db'))
  damage(file)
  writeFileSync(join(dataDir, 'metrics.db'), file)
  await using reader = openReader()
  await expect(reader.members()).rejects.toMatchObject({ code: 'storage_unavailable' })
  await store(tick(1))
  expect(setsAside()).toHaveLength(1)
  await clock.advance(1_000)
  expect(await reader.members()).toMatchObject([{ member: MEMBER, firstAt: AT + MINUTE }])
})

it.each(['before it is opened', 'while it is open'])(
  'sets a file aside in whose index series behind an entry are lost that was damaged %s',
  async (when) => {
    const many = (i: number): TickBatch => {
      const scalars = Array.from({ length: 8 }, (_, n) => ({
        source: 'grpc_started' as const,
        labels: { method: `M${n}` },
        value: i,
      }))
      return { ...tick(i), members: [{ memberId: '2', scalars, histograms: [] }] }
    }
    await store(many(0))
    const damage = () => {
      const file = readFileSync(join(dataDir, 'metrics.db'))
      const pointer = (rootOf('sqlite_autoindex_series_1') - 1) * 8_192 + 8 + 2 * 3 // to the fourth entry
      file.writeUInt16BE(file.readUInt16BE(pointer) ^ 4, pointer)
      writeFileSync(join(dataDir, 'metrics.db'), file)
    }
    const isOpen = when === 'while it is open'
    if (!isOpen) damage()
    await using writer = await openSqliteMetricsWriter(options())
    if (isOpen) {
      damage()
      change("INSERT INTO meta VALUES ('other', '')") // so that what was read of the file is read again
      await expect(writer.append(many(1))).rejects.toMatchObject({ code: 'storage_unavailable' })
    }
    expect(setsAside()).toHaveLength(1)
    expect(await writer.append(many(2))).toMatchObject({ stored: 8 })
  },
)

it.each(['sqlite_autoindex_series_1', 'series'])(
  'shows no number of a series that damage of %s hides as that of another',
  async (name) => {
    const methods = (i: number, names: readonly string[]): TickBatch => {
      const scalars = names.map((method) => ({
        source: 'grpc_started' as const,
        labels: { method },
        value: 1_000 * i + names.length,
      }))
      return { ...tick(i), members: [{ memberId: '2', scalars, histograms: [] }] }
    }
    await store(methods(0, ['A', 'B', 'Y']), methods(1, ['A', 'B', 'Y']))
    const file = readFileSync(join(dataDir, 'metrics.db'))
    const cells = (rootOf(name) - 1) * 8_192 + 3 // their number: the last, Y at the highest place, is not seen
    file.writeUInt16BE(file.readUInt16BE(cells) - 1, cells)
    writeFileSync(join(dataDir, 'metrics.db'), file)
    await using writer = await openSqliteMetricsWriter(options())
    await writer.append(methods(2, ['A', 'C', 'B', 'Y'])).catch(() => {})
    await writer.append(methods(3, ['A', 'C', 'B', 'Y']))
    await using reader = openReader()
    const query = { members: [MEMBER], sources: ['grpc_started'] as const, from: AT, to: AT + 4 * MINUTE }
    const [found] = await reader.ticks(query)
    for (const one of found?.series ?? [])
      for (const [k, value] of (one.kind === 'counter' ? one.values : []).entries()) {
        const n = ((found?.times[k] ?? 0) - AT) / MINUTE
        const wanted = n < 2 ? (one.labels.method === 'C' ? Number.NaN : 1_000 * n + 3) : 1_000 * n + 4
        expect([Number.NaN, wanted], `${one.labels.method} at tick ${n}`).toContain(value)
      }
    const { members } = await reader.slots({ ...query, from: AT + 2 * MINUTE, step: MINUTE })
    for (const one of members[0]?.series ?? [])
      expect(
        one.kind === 'counter' && Math.max(0, ...one.increase.map((value) => value || 0)),
        one.labels.method,
      ).toBeLessThanOrEqual(one.labels.method === 'C' ? 2_004 : 1_001)
  },
)

function rootOf(name: string): number {
  using db = new DatabaseSync(join(dataDir, 'metrics.db'))
  return Number(db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(name)?.rootpage)
}

const setsAside = () =>
  readdirSync(dataDir)
    .filter((name) => /\.corrupt-\d{8}T\d{6}Z$/.test(name))
    .map((name) => join(dataDir, name))

it('tells of damage at most once a minute', async () => {
  await using reader = openReader()
  const damagedTick = async (i: number) => {
    await store(tick(i))
    change(`UPDATE head ${FLIP} WHERE id = (SELECT max(id) FROM head)`)
    await reader.ticks({ members: [MEMBER], sources: ['put'], from: AT, to: AT + 9 * MINUTE })
  }
  await clock.advance(MINUTE)
  await damagedTick(0)
  await damagedTick(1)
  expect(warn.mock.calls).toEqual([['store_bad_blob', { table: 'head', count: 1 }]])
  await clock.advance(MINUTE)
  await damagedTick(2)
  expect(warn.mock.calls.at(-1)).toEqual(['store_bad_blob', { table: 'head', count: 3 }])
  expect(warn).toHaveBeenCalledTimes(2)
})

it('reads the file that took the place of another', async () => {
  await store(tick(0))
  await using reader = openReader()
  const before = await reader.watermark([MEMBER])
  renameSync(join(dataDir, 'metrics.db'), join(dataDir, 'set-aside'))
  await store({ ...tick(5), clusterId: '7' })
  expect(await reader.members()).toMatchObject([{ member: MEMBER }]) // looked at less than a second ago
  await clock.advance(1_000)
  expect(await reader.members()).toMatchObject([{ member: { clusterId: '7', memberId: '2' } }])
  expect(await reader.watermark([MEMBER])).not.toBe(before)

  rmSync(join(dataDir, 'metrics.db'))
  await clock.advance(1_000)
  expect(await reader.members()).toEqual([])
  expect(reader.health()).toEqual({ state: 'degraded', reason: 'no_file' })
})

it('forgets the damage of a file when another takes its place', async () => {
  await store(...Array.from({ length: 130 }, (_, i) => tick(i)))
  change(`UPDATE head ${FLIP} WHERE id = (SELECT min(id) FROM head)`)
  await using reader = openReader()
  await using writer = await openSqliteMetricsWriter(options())
  await reader.ticks({ members: [MEMBER], sources: ['put'], from: AT, to: AT + MINUTE })
  await writer.maintain({ now: AT + 130 * MINUTE, steady: 60 * MINUTE })
  const bad = { state: 'degraded', reason: 'bad_blob' }
  expect([reader.health(), writer.health()]).toEqual([bad, bad])

  change("UPDATE series SET source = 'txn'")
  await writer.remember('one', '1')
  await expect(writer.maintain({ now: AT + 260 * MINUTE, steady: 60 * MINUTE })).rejects.toThrow('damaged')
  await writer.append(tick(131))
  await clock.advance(1_000)
  expect(await reader.members()).toMatchObject([{ firstAt: AT + 131 * MINUTE }])
  const sound = { state: 'ok', reason: '' }
  expect([reader.health(), writer.health()]).toEqual([sound, sound])
})

it('holds, after a restart, what is not later than the newest tick', async () => {
  await store(tick(1))
  await using writer = await openSqliteMetricsWriter(options())
  await writer.describe('1', [])
  expect(await writer.append(tick(1))).toMatchObject({ held: ['2'], stored: 0 })
  expect(await writer.append(tick(2))).toMatchObject({ held: [], stored: 1 })
  expect(await writer.append({ ...tick(3), at: 1_000 })).toMatchObject({ held: ['2'], stored: 0 })
})
