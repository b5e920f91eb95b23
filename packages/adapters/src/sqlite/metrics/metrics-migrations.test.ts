import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import type { Log } from '@etcdmonitor/core/ports/log'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openSqliteMetricsReader } from './metrics-reader.ts'
import { openSqliteMetricsWriter } from './metrics-writer.ts'

const HOUR = 3_600_000
const AT = 1_790_028_000_000
const log: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const options = () => ({ dataDir, clock: manualClock(AT + 4 * HOUR), log })
const file = () => join(dataDir, 'metrics.db')

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-metrics-'))
  using db = new DatabaseSync(file())
  db.exec(readFileSync(new URL('fixtures/metrics-1.sql', import.meta.url), 'utf8'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

/** Names of all columns, by table. */
function schemaOf(path: string) {
  using db = new DatabaseSync(path, { readOnly: true })
  const columns = db.prepare(
    `SELECT m.name AS "table", c.name, c.type, c."notnull", c.pk FROM sqlite_schema m, pragma_table_info(m.name) c
     WHERE m.type = 'table' ORDER BY m.name, c.cid`,
  )
  return { version: db.prepare('PRAGMA user_version').get(), columns: columns.all() }
}

it('F46 migrates a file of schema 1 with everything in it, and leaves no copy behind', async () => {
  await using writer = await openSqliteMetricsWriter(options())
  await using reader = openSqliteMetricsReader(options())
  expect(await writer.recall('cluster')).toBe('text')
  expect(await reader.members()).toMatchObject([
    { member: { memberId: '2' }, firstAt: AT, newestAt: AT + 3 * HOUR, newestOkAt: AT + 2 * HOUR },
    { member: { memberId: '3' }, firstAt: AT, newestAt: AT + 3 * HOUR, newestOkAt: 0 },
    { member: { memberId: '4' }, info: { name: 'never' }, firstAt: 0, newestAt: 0, newestOkAt: 0 },
  ])
  const window = { from: AT, to: AT + 4 * HOUR, step: HOUR }
  const members = [{ clusterId: '1', memberId: '2' }]
  const { members: found } = await reader.slots({ ...window, members, sources: ['put', 'wal_fsync'] })
  expect(found[0]?.series).toMatchObject([
    {
      source: 'put',
      last: Float64Array.of(0, 10, 20, 30),
      increase: Float64Array.of(Number.NaN, 10, 10, 10),
    },
    { source: 'wal_fsync', sum: Float64Array.of(Number.NaN, 0.25, 0.25, 0.25) },
  ])
  expect(readdirSync(dataDir).filter((name) => name.includes('migration'))).toEqual([])
})

it('has the same tables after a migration as in a new file', async () => {
  await (await openSqliteMetricsWriter(options()))[Symbol.asyncDispose]()
  const migrated = schemaOf(file())
  rmSync(file())
  await (await openSqliteMetricsWriter(options()))[Symbol.asyncDispose]()
  expect(migrated).toEqual(schemaOf(file()))
})

it('shows an older file as empty until the collector has migrated it', async () => {
  const { clock } = options()
  await using reader = openSqliteMetricsReader({ ...options(), clock })
  expect(await reader.members()).toEqual([])
  await (await openSqliteMetricsWriter(options()))[Symbol.asyncDispose]()
  await clock.advance(1_000)
  expect(await reader.members()).toHaveLength(3)
})

it('leaves an older file as it is when the migration fails, with a copy for its user alone', async () => {
  {
    using db = new DatabaseSync(file())
    db.exec('CREATE TABLE r30 (x)') // in the way of the last statement but the version
  }
  const before = schemaOf(file())
  await expect(openSqliteMetricsWriter(options())).rejects.toThrow('r30')
  expect(schemaOf(file())).toEqual(before)
  expect(schemaOf(`${file()}.before-migration`)).toEqual(before)
  expect(statSync(`${file()}.before-migration`).mode & 0o777).toBe(0o600)
})
