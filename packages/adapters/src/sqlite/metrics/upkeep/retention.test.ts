import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import { expect, it } from 'vitest'
import { openDayFiles, START } from '../day-files.contract.ts'
import { openSqliteMetricsWriter } from '../metrics-writer.ts'
import { openSqliteMetricsReader } from '../reading/metrics-reader.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const LATER = START + 95 * DAY

const options = openDayFiles()

type Values = Partial<Record<SourceId, number>>

const tick = (at: number, members: Readonly<Record<string, Values>>): TickBatch => ({
  clusterId: '1',
  at,
  members: Object.entries(members).map(([memberId, values]) => ({
    memberId,
    scalars: Object.entries(values).map(([source, value]) => ({
      source: source as SourceId, // keys of Values
      labels: {},
      value,
    })),
    histograms: [],
  })),
})

function select(query: string): readonly unknown[] {
  using db = new DatabaseSync(join(options().dataDir, 'metrics.db'), { readOnly: true })
  return db
    .prepare(query)
    .all()
    .flatMap((row) => Object.values(row))
}

async function openStore() {
  const writer = await openSqliteMetricsWriter(options())
  const reader = openSqliteMetricsReader(options())
  return {
    writer,
    keepHouse: async (now: number, hours: number) => {
      for (let more = true; more; ) ({ more } = await writer.maintain({ now, steady: hours * HOUR }))
    },
    newestOf: async (...sources: readonly SourceId[]) => {
      const members = [{ clusterId: '1', memberId: '2' }]
      const [ticks] = await reader.tail({ members, sources, span: MINUTE })
      return (ticks?.series ?? []).map((one) => one.kind !== 'histogram' && [one.source, one.values.at(-1)])
    },
    async [Symbol.asyncDispose]() {
      await reader[Symbol.asyncDispose]()
      await writer[Symbol.asyncDispose]()
    },
  }
}

it('removes series and members that ended before the oldest rollups', async () => {
  await using store = await openStore()
  await store.writer.append(tick(START, { '2': { put: 1, txn: 2 }, '3': { put: 3 } }))
  await store.keepHouse(START + DAY, 1)
  await store.writer.append(tick(LATER, { '2': { put: 4 } }))
  await store.keepHouse(LATER, 0.5)
  expect(select('SELECT source FROM series ORDER BY id')).toEqual(['put', 'txn', 'put'])
  await store.keepHouse(LATER, 300)
  expect(select('SELECT source FROM series')).toEqual(['put'])
  expect(select('SELECT member_id FROM member')).toEqual(['2'])
  expect(select('SELECT count(*) FROM r5 UNION ALL SELECT count(*) FROM chunk')).toEqual([0, 0])

  await store.writer.append(tick(LATER + MINUTE, { '2': { put: 5, cpu_seconds: 6 } }))
  expect(await store.newestOf('put', 'txn', 'cpu_seconds')).toEqual([
    ['put', 5],
    ['cpu_seconds', 6],
  ])
})

it('keeps a series that came back and is not sealed yet: its place must not become that of another', async () => {
  await using store = await openStore()
  await store.writer.append(tick(START, { '2': { put: 1, txn: 2 } }))
  await store.keepHouse(START + DAY, 1)
  await store.writer.append(tick(LATER, { '2': { txn: 3 } }))
  await store.keepHouse(LATER, 300)
  expect(select('SELECT source FROM series')).toEqual(['txn'])
  expect(await store.newestOf('txn')).toEqual([['txn', 3]])
})

it('removes the series of one member at a time', async () => {
  await using store = await openStore()
  const members = ['2', '3', '4', '5']
  const values = { put: 1, txn: 2, cpu_seconds: 3 }
  await store.writer.append(tick(START, Object.fromEntries(members.map((id) => [id, values]))))
  await store.keepHouse(START + DAY, 1)
  const gone: number[] = []
  let before = 12
  for (let more = true; more; ) {
    ;({ more } = await store.writer.maintain({ now: LATER, steady: 300 * HOUR }))
    const [left] = select('SELECT count(*) FROM series')
    gone.push(before - Number(left))
    before = Number(left)
  }
  expect(gone.filter(Boolean)).toEqual([3, 3, 3, 3])
  expect(select('SELECT count(*) FROM member')).toEqual([0])
})

it('does not show what a reader kept of a series that was removed as that of another', async () => {
  await using store = await openStore()
  await using reader = openSqliteMetricsReader(options())
  const firstDay = (source: SourceId) =>
    reader.slots({
      members: [{ clusterId: '1', memberId: '2' }],
      sources: [source],
      from: START,
      to: START + DAY,
      step: DAY,
    })
  await store.writer.append(tick(START, { '2': { put: 1, txn: 2 } }))
  await store.keepHouse(START + DAY, 1)
  await store.writer.append(tick(START + 2 * DAY, { '2': { put: 1 } }))
  await store.keepHouse(START + 3 * DAY, 1)
  expect((await firstDay('txn')).members[0]?.series).toMatchObject([{ last: Float64Array.of(2) }])
  await store.writer.append(tick(LATER, { '2': { put: 4 } }))
  await store.keepHouse(LATER, 300)
  await store.writer.append(tick(LATER + MINUTE, { '2': { put: 5, range: 6 } }))
  expect(select('SELECT source FROM series ORDER BY id')).toEqual(['put', 'range'])
  expect((await firstDay('range')).members[0]?.series).toMatchObject([{ last: Float64Array.of(Number.NaN) }])
})

it('gives the id of a series that was removed to no other: a reader may be in the middle of an answer', async () => {
  await using store = await openStore()
  await store.writer.append(tick(START, { '2': { put: 1, txn: 2 } }))
  await store.keepHouse(START + DAY, 1)
  const before = select('SELECT id FROM series')
  await store.writer.append(tick(LATER, { '2': { put: 4 } }))
  await store.keepHouse(LATER, 300)
  await store.writer.append(tick(LATER + MINUTE, { '2': { put: 5, range: 6, cpu_seconds: 7 } }))
  const [put, ...others] = select('SELECT id FROM series ORDER BY id')
  expect(before).toContain(put)
  expect(others).toHaveLength(2)
  for (const id of others) expect(before).not.toContain(id)
})

it('takes the values of windows that go off those of their member', async () => {
  await using store = await openStore()
  for (let hour = 0; hour < 24 * 9; hour += 3)
    await store.writer.append(tick(START + hour * HOUR, { '2': { put: hour } }))
  await store.keepHouse(START + 9 * DAY, 1)
  expect(select('SELECT samples FROM member')).toEqual(select('SELECT sum(samples) FROM win'))
  await store.keepHouse(START + 9 * DAY, 100)
  expect(select('SELECT samples FROM member')).toEqual(select('SELECT sum(samples) FROM win'))
  expect(select('SELECT min(id) / 8192 FROM win')).toEqual([(START + 2 * DAY) / (2 * HOUR) - 2])
})
