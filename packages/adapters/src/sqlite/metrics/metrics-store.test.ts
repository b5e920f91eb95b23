import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { metricsStoreContract } from '@etcdmonitor/core/contracts/metrics-store'
import { StartRefused } from '@etcdmonitor/core/errors'
import { type Log, silentLog as log } from '@etcdmonitor/core/ports/log'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteMetricsWriter } from './metrics-writer.ts'
import { openSqliteMetricsReader } from './reading/metrics-reader.ts'

const NOW = 1_790_000_000_000
const AT = 1_790_000_010_000
const member = { clusterId: '1', memberId: '2' }
const tick = (at: number) => ({
  clusterId: '1',
  at,
  members: [
    { memberId: '2', scalars: [{ source: 'db_total' as const, labels: {}, value: 7 }], histograms: [] },
  ],
})
const newFolder = () => mkdtempSync(join(tmpdir(), 'etcdmonitor-metrics-'))

metricsStoreContract('sqlite', async () => {
  const dataDir = newFolder()
  const clock = manualClock(NOW)
  const writer = await openSqliteMetricsWriter({ dataDir, clock, log })
  const reader = openSqliteMetricsReader({ dataDir, clock, log })
  return {
    writer,
    reader,
    openReader: () => openSqliteMetricsReader({ dataDir, clock, log }),
    async [Symbol.asyncDispose]() {
      await reader[Symbol.asyncDispose]()
      await writer[Symbol.asyncDispose]()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
})

describe('the embedded metrics file', () => {
  let dataDir: string
  const clock = manualClock(NOW)
  const openWriter = () => openSqliteMetricsWriter({ dataDir, clock, log })
  beforeEach(() => {
    dataDir = newFolder()
  })
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

  it('is for its user alone, side files included', async () => {
    await using writer = await openWriter()
    await writer.append(tick(AT))
    const files = readdirSync(dataDir)
    expect(files).toEqual(
      expect.arrayContaining(['metrics.db', 'metrics.db-wal', 'collector.lock', 'collector.holder']),
    )
    for (const file of files) expect(statSync(join(dataDir, file)).mode & 0o777, file).toBe(0o600)
  })

  it('refuses a second collector, and names the one that is there', async () => {
    await using _first = await openWriter()
    const told: unknown[] = []
    const warn: Log['warn'] = (event, fields) => told.push([event, fields])
    const second = openSqliteMetricsWriter({ dataDir, clock, log: { ...log, warn } })
    const waited = (async () => {
      for (let i = 0; i < 150; i++) await clock.advance(100)
    })()
    await expect(second).rejects.toThrow(new RegExp(`${process.pid}`))
    await waited
    const holder = expect.stringContaining(`"pid":${process.pid}`)
    expect(told).toEqual([['waiting_for_collector', { data_dir: dataDir, holder, up_to_ms: 10_000 }]])
  })

  it('stops waiting for another collector when it is told to', async () => {
    await using _first = await openWriter()
    const stop = new AbortController()
    const waiting = openSqliteMetricsWriter({ dataDir, clock, log, signal: stop.signal })
    await clock.advance(200)
    const reason = new Error('stopped')
    stop.abort(reason)
    await expect(waiting).rejects.toBe(reason)
  })

  it('gives the folder free when it cannot open its file', async () => {
    const path = join(dataDir, 'metrics.db')
    {
      using foreign = new DatabaseSync(path)
      foreign.exec('PRAGMA application_id = 7; CREATE TABLE t (x)')
    }
    await expect(openWriter()).rejects.toThrow(StartRefused)
    rmSync(path)
    await using writer = await openWriter()
    expect(writer.health().state).toBe('ok')
  })

  it('is found by a reader that was there first', async () => {
    await using reader = openSqliteMetricsReader({ dataDir, clock, log })
    expect(await reader.members()).toEqual([])
    expect(reader.health()).toEqual({ state: 'degraded', reason: 'no_file' })
    await using writer = await openWriter()
    await writer.append(tick(AT))
    await clock.advance(1_000)
    expect(await reader.members()).toMatchObject([{ member, newestAt: AT }])
    expect(reader.health()).toEqual({ state: 'ok', reason: '' })
  })

  it('loses the values of a damaged row, never the request', async () => {
    await using writer = await openWriter()
    for (const i of [0, 1, 2]) await writer.append(tick(AT + i * 30_000))
    const db = new DatabaseSync(join(dataDir, 'metrics.db'))
    const [row] = db.prepare('SELECT id, v FROM head ORDER BY id LIMIT 1 OFFSET 1').all()
    const blob = new Uint8Array(row?.v as Uint8Array)
    blob[3] = (blob[3] ?? 0) ^ 1
    db.prepare('UPDATE head SET v = ? WHERE id = CAST(? AS INTEGER)').run(blob, Number(row?.id))
    db.close()
    await using reader = openSqliteMetricsReader({ dataDir, clock, log })
    const window = {
      members: [member],
      sources: ['db_total'] as const,
      from: AT,
      to: AT + 90_000,
      step: 30_000,
    }
    const { members } = await reader.slots(window)
    expect(members[0]?.series[0]).toMatchObject({ count: Float64Array.of(1, 0, 1) })
    expect(reader.health()).toEqual({ state: 'degraded', reason: 'bad_blob' })
  })

  it('says that it is not available when the disk cannot be asked for its room', async () => {
    await using writer = await openWriter()
    rmSync(dataDir, { recursive: true })
    await expect(writer.append(tick(AT))).rejects.toMatchObject({ code: 'storage_unavailable' })
    await expect(writer.maintain({ now: AT, steady: 600_000 })).rejects.toMatchObject({
      code: 'storage_unavailable',
    })
    expect(writer.health()).toEqual({ state: 'unavailable', reason: 'unreadable' })
  })

  it('is not taken for ours when it belongs to another program or a newer release', async () => {
    const path = join(dataDir, 'metrics.db')
    const foreign = new DatabaseSync(path)
    foreign.exec('PRAGMA application_id = 7; CREATE TABLE t (x)')
    foreign.close()
    await expect(openWriter()).rejects.toThrow(StartRefused)
    await using reader = openSqliteMetricsReader({ dataDir, clock, log })
    await expect(reader.members()).rejects.toMatchObject({ code: 'storage_unavailable' })
    rmSync(path)
    await (await openWriter())[Symbol.asyncDispose]()
    const newer = new DatabaseSync(path)
    newer.exec('PRAGMA user_version = 99')
    newer.close()
    await expect(openWriter()).rejects.toThrow(StartRefused)
    await clock.advance(1_000)
    expect(reader.health()).toEqual({ state: 'degraded', reason: 'schema_newer' })
  })
})
