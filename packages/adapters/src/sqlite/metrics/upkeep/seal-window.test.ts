import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import { silentLog } from '@etcdmonitor/core/ports/log'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openSqliteMetricsWriter } from '../metrics-writer.ts'
import { openSqliteMetricsReader } from '../reading/metrics-reader.ts'

/** Begins a window, and a UTC day. */
const START = 1_790_035_200_000
const MINUTE = 60_000
const WINDOW = 120 * MINUTE
const DAY = 12 * WINDOW
const STEADY = 10 * MINUTE
const MEMBER = { clusterId: '1', memberId: '2' }

const tick = (at: number, value = 0): TickBatch => ({
  clusterId: '1',
  at,
  members: [{ memberId: '2', scalars: [{ source: 'put', labels: {}, value }], histograms: [] }],
})

let dataDir: string
const options = () => ({
  dataDir,
  clock: manualClock(START),
  log: silentLog,
})
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-seal-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

function rowsIn(...tables: readonly string[]): readonly number[] {
  using db = new DatabaseSync(join(dataDir, 'metrics.db'), { readOnly: true })
  return tables.map((table) => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n))
}

it('seals a window when a later tick is there, or a minute after its end', async () => {
  await using writer = await openSqliteMetricsWriter(options())
  await writer.append(tick(START))
  const maintain = (now: number) => writer.maintain({ now, steady: STEADY })
  expect(await maintain(START + WINDOW + MINUTE - 1)).toEqual({ more: false })
  expect(rowsIn('win', 'chunk', 'head')).toEqual([0, 0, 1])
  expect(await maintain(START + WINDOW + MINUTE)).toEqual({ more: true })
  expect(rowsIn('win', 'chunk')).toEqual([1, 1])
  expect(await maintain(START + WINDOW + MINUTE)).toEqual({ more: true })
  expect(rowsIn('head')).toEqual([0])

  await writer.append(tick(START + WINDOW + 2 * MINUTE))
  await writer.append(tick(START + 2 * WINDOW))
  expect(await maintain(START + 2 * WINDOW)).toEqual({ more: true })
  expect(rowsIn('win', 'head')).toEqual([2, 2])
})

it('passes over windows without ticks, and holds what comes too late for a sealed one', async () => {
  await using writer = await openSqliteMetricsWriter(options())
  await writer.append(tick(START))
  await writer.append(tick(START + 40 * WINDOW + 5 * MINUTE))
  for (let more = true; more; )
    ({ more } = await writer.maintain({ now: START + 41 * WINDOW + MINUTE, steady: STEADY }))
  expect(rowsIn('win', 'head')).toEqual([2, 0])
  expect(await writer.append(tick(START + 40 * WINDOW + 6 * MINUTE))).toMatchObject({ held: ['2'] })
  expect(await writer.append(tick(START + 41 * WINDOW))).toMatchObject({ stored: 1 })
})

it('holds, after a restart, what comes too late for a window that was sealed since', async () => {
  {
    await using writer = await openSqliteMetricsWriter(options())
    await writer.append(tick(START))
  }
  await using writer = await openSqliteMetricsWriter(options())
  for (let more = true; more; )
    ({ more } = await writer.maintain({ now: START + WINDOW + MINUTE, steady: STEADY }))
  expect(rowsIn('win', 'head')).toEqual([1, 0])
  expect(await writer.append(tick(START + MINUTE))).toMatchObject({ stored: 0, held: ['2'] })
  expect(await writer.append(tick(START + WINDOW))).toMatchObject({ stored: 1 })
})

it('holds a tick that comes into a window while that is being sealed', async () => {
  await using writer = await openSqliteMetricsWriter(options())
  await using reader = openSqliteMetricsReader(options())
  await writer.append(tick(START, 1))
  const sealing = writer.maintain({ now: START + WINDOW + MINUTE, steady: STEADY })
  const late = tick(START + 90 * MINUTE, 2)
  const before = await writer.append(late) // the seal has not begun to read
  expect(await sealing).toEqual({ more: true })
  const after = await writer.append({ ...late, at: late.at + MINUTE })
  expect([before.stored, after.stored, after.held]).toEqual([1, 0, ['2']])
  const query = { members: [MEMBER], sources: ['put'] as const, from: START, to: START + WINDOW }
  const [ticks] = await reader.ticks(query)
  expect([...(ticks?.times ?? [])]).toEqual([START, late.at])
})

it('seals ticks without a value', async () => {
  await using writer = await openSqliteMetricsWriter(options())
  await using reader = openSqliteMetricsReader(options())
  await writer.append({
    clusterId: '1',
    at: START,
    members: [{ memberId: '2', scalars: [], histograms: [] }],
  })
  for (let more = true; more; ) ({ more } = await writer.maintain({ now: START + DAY, steady: STEADY }))
  expect(rowsIn('win', 'chunk', 'r5', 'r30', 'head')).toEqual([1, 0, 0, 0, 0])
  const [ticks] = await reader.ticks({ members: [MEMBER], sources: [], from: START, to: START + DAY })
  expect([...(ticks?.times ?? [])]).toEqual([START])
})

it.each(['r5', 'r30'])(
  'mends a damaged row of %s at the next seal of its day, from samples',
  async (table) => {
    await using writer = await openSqliteMetricsWriter(options())
    await using reader = openSqliteMetricsReader(options())
    const fill = async (window: number) => {
      for (let i = 0; i < 120; i += 10) {
        const n = 120 * window + i
        const scalars = [
          { source: 'grpc_started', labels: { method: 'Put' }, value: 3 * n },
          { source: 'put', labels: {}, value: n },
        ] as const
        const members = [{ memberId: '2', scalars, histograms: [] }]
        await writer.append({ clusterId: '1', at: START + n * MINUTE, members })
      }
      for (let more = true; more; )
        ({ more } = await writer.maintain({ now: START + (window + 1) * WINDOW + MINUTE, steady: STEADY }))
    }
    for (const window of [0, 1, 2]) await fill(window)
    const query = { members: [MEMBER], sources: ['put', 'grpc_started'] as const, from: START }
    const increases = async (step: number) =>
      (await reader.slots({ ...query, to: START + 4 * WINDOW, step })).members[0]?.series.map(
        (one) => one.kind === 'counter' && one.increase.reduce((sum, value) => sum + (value || 0), 0),
      )
    {
      using db = new DatabaseSync(join(dataDir, 'metrics.db'))
      db.exec(`UPDATE ${table} SET v = CAST(substr(v, 1, 2) || x'ff' || substr(v, 4) AS BLOB)`)
    }
    await fill(3)
    for (const step of [5 * MINUTE, 30 * MINUTE]) expect(await increases(step)).toEqual([3 * 470, 470])
  },
)

it('loses the values of a damaged chunk or rollup, never the request', async () => {
  {
    await using writer = await openSqliteMetricsWriter(options())
    for (let i = 0; i < 240; i++) await writer.append(tick(START + i * MINUTE, i))
    for (let more = true; more; )
      ({ more } = await writer.maintain({ now: START + 5 * WINDOW, steady: STEADY }))
  }
  /** Of each step, by a process that starts now: one that had read the rows before would still have them. */
  const increasesOf = async (...steps: readonly number[]) => {
    await using reader = openSqliteMetricsReader(options())
    const increases: unknown[] = []
    for (const step of steps) {
      const query = {
        members: [MEMBER],
        sources: ['put'] as const,
        from: START,
        to: START + 2 * WINDOW,
        step,
      }
      const [one] = (await reader.slots(query)).members[0]?.series ?? []
      increases.push(one?.kind === 'counter' && one.increase.reduce((sum, value) => sum + (value || 0), 0))
    }
    return { increases, health: reader.health() }
  }
  const steps = [MINUTE, 30 * MINUTE]
  const health = { state: 'degraded', reason: 'bad_blob' }
  expect(await increasesOf(...steps)).toMatchObject({ increases: [239, 239], health: { state: 'ok' } })
  const damage = (table: string) => {
    using db = new DatabaseSync(join(dataDir, 'metrics.db'))
    db.exec(`UPDATE ${table} SET v = CAST(substr(v, 1, 2) || x'ff' || substr(v, 4) AS BLOB)
      WHERE id = (SELECT min(id) FROM ${table})`)
  }
  damage('chunk')
  expect(await increasesOf(...steps)).toEqual({ increases: [119, 239], health })
  damage('r30') // its cells are those of r5, added up
  expect(await increasesOf(...steps)).toEqual({ increases: [119, 239], health })
  damage('r5') // what is left of it are samples
  expect(await increasesOf(...steps)).toEqual({ increases: [119, 119], health })
})
