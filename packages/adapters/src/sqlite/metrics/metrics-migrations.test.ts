import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { silentLog as log } from '@etcdmonitor/core/ports/log'
import { startChild } from '@etcdmonitor/rig/child'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openSqliteMetricsWriter } from './metrics-writer.ts'
import { openSqliteMetricsReader } from './reading/metrics-reader.ts'

const HOUR = 3_600_000
const AT = 1_790_028_000_000
const options = () => ({ dataDir, clock: manualClock(AT + 4 * HOUR), log })
const file = () => join(dataDir, 'metrics.db')

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-metrics-'))
  plantOldFile()
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

function plantOldFile(): void {
  for (const name of readdirSync(dataDir)) rmSync(join(dataDir, name))
  using db = new DatabaseSync(file())
  db.exec(readFileSync(new URL('fixtures/metrics-1.sql', import.meta.url), 'utf8'))
}

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

it('F46 is of one schema or the other after a kill in the middle of a migration', async () => {
  const older = schemaOf(file())
  const versions = new Set<unknown>()
  let kills = 0
  for (let isKilled = true; isKilled; kills++) {
    plantOldFile()
    isKilled = await killWhileOpening(1 + kills * STRIDE)
    using db = new DatabaseSync(file()) // recovers
    expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
    const { version } = schemaOf(file())
    versions.add(version?.user_version)
    if (version?.user_version === 1) expect(schemaOf(file())).toEqual(older)
    db.close()
    await using writer = await openSqliteMetricsWriter(options())
    await using reader = openSqliteMetricsReader(options())
    expect(await writer.recall('cluster')).toBe('text')
    const members = (await reader.members()).map(({ member }) => member.memberId)
    expect(members).toEqual(expect.arrayContaining(['2', '3', '4']))
    expect(readdirSync(dataDir).filter((name) => name.includes('migration'))).toEqual([])
  }
  expect(kills).toBeGreaterThan(5)
  expect(versions).toEqual(new Set([1, 2]))
})

/** Statements from one kill to the next. */
const STRIDE = 3

/** False: it opened the file before it came to that statement. */
async function killWhileOpening(statement: number): Promise<boolean> {
  const program = join(import.meta.dirname, 'write-forever.contract.ts')
  const args = [program, dataDir, '100000', String(statement), 'open']
  await using child = await startChild({ command: process.execPath, args, env: {} })
  const stored = Promise.withResolvers<boolean>()
  child.onLine((line) => line.startsWith('stored') && stored.resolve(false))
  const isKilled = await Promise.race([stored.promise, child.exited.then(() => true)])
  await child.kill()
  return isKilled
}
