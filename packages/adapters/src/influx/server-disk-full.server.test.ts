import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { batchOf, M1, scalar, tickOf } from '@etcdmonitor/core/contracts/metrics-samples'
import { silentLog as log } from '@etcdmonitor/core/ports/log'
import { toSecret } from '@etcdmonitor/core/secret'
import { makeBucket, startInfluxdb } from '@etcdmonitor/rig/influxdb'
import { needServer } from '@etcdmonitor/rig/need-server'
import { mountSmallDisk } from '@etcdmonitor/rig/small-disk'
import { expect, it } from 'vitest'
import { openSqliteOutbox } from '../sqlite/outbox/open-outbox.ts'
import { openInfluxWriter } from './influx-writer.ts'
import { openInfluxReader } from './reading/influx-reader.ts'
import { untilSent } from './until-sent.contract.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const INTERVAL = 30_000
const TICKS = 60

needServer('influxd', () => {
  it('F35 loses nothing while the disk of the server is full, and reads what is there', async ({ skip }) => {
    using disk = mountSmallDisk(64)
    if (!disk) return skip('a small file system cannot be mounted here')
    const dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-server-full-'))
    await using cleanup = new AsyncDisposableStack()
    cleanup.defer(() => rmSync(dataDir, { recursive: true }))
    await using server = await startInfluxdb({ folder: disk.path })
    const bucket = await makeBucket(server)
    const place = { url: server.url, org: server.org, bucket: bucket.name }
    const clock = manualClock()
    const start = clock.now()
    const outbox = await openSqliteOutbox({ dataDir, clock, log })
    await using writer = openInfluxWriter({
      ...{ outbox, clock, log, intervalMs: INTERVAL, retentionDays: 30 },
      access: { ...place, readToken: () => toSecret(bucket.writeToken) },
      random: (length) => new Uint8Array(length),
      outboxMaxBytes: 2 ** 30,
      outboxMaxMs: 24 * HOUR,
    })
    await using reader = openInfluxReader({
      ...{ log, clock: manualClock(start + HOUR), intervalMs: INTERVAL, retentionDays: 30 },
      access: { ...place, readToken: () => toSecret(bucket.readToken) },
    })
    const methods = Array.from({ length: 200 }, (_, i) => `method-${i}`)
    let ticks = 0
    const append = async (count: number) => {
      for (let i = 0; i < count; i++) {
        ticks++
        const scalars = methods.map((method) => scalar('grpc_started', ticks, { method }))
        const at = start + ticks * INTERVAL
        await clock.advance(at - clock.now())
        await writer.append(batchOf(at, tickOf(M1, [scalar('put', ticks), ...scalars])))
      }
    }
    const stored = async () => {
      const window = { from: start, to: start + HOUR }
      const [found] = await reader.ticks({ members: [M1], sources: ['put'], ...window })
      const [one] = found?.series ?? []
      return found && one && one.kind !== 'histogram'
        ? [...found.times].map((at, i) => [at, one.values[i]])
        : []
    }
    const wanted = () => Array.from({ length: ticks }, (_, i) => [start + (i + 1) * INTERVAL, i + 1])

    await append(TICKS / 3)
    await untilSent(outbox)
    const before = wanted()
    disk.fill('ballast')
    await append(TICKS / 3)
    await until(() => writer.health().reason === 'unreachable' || writer.health().reason === 'backlog')
    expect(outbox.totals().records).toBeGreaterThan(0)
    expect(outbox.refused()).toEqual([])
    expect((await stored()).slice(0, before.length)).toEqual(before)

    disk.free('ballast')
    await server.restart() // 2.8.0 answers 500 to every write until then, also when there is room again
    await append(TICKS / 3)
    await until(async () => {
      await clock.advance(MINUTE) // any back-off
      return outbox.totals().records === 0
    })
    expect(await stored()).toEqual(wanted())
    expect(outbox.refused()).toEqual([])
    expect(writer.health()).toEqual({ state: 'ok', reason: '' })
  })
})

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 60_000; !(await holds()); await sleep(50))
    if (performance.now() > end) throw new Error('not within 30 s')
}
