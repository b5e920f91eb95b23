import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { expectSlots } from '@etcdmonitor/core/contracts/metrics-compare'
import { RECORDED_SOURCES, recordedBatches } from '@etcdmonitor/core/contracts/metrics-recording'
import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import { silentLog as log } from '@etcdmonitor/core/ports/log'
import { toSecret } from '@etcdmonitor/core/secret'
import { makeBucket, startInfluxdb } from '@etcdmonitor/rig/influxdb'
import { needServer } from '@etcdmonitor/rig/need-server'
import { expect, it } from 'vitest'
import { openSqliteOutbox } from '../sqlite/outbox/open-outbox.ts'
import { watchBucket } from './bucket-watch.ts'
import { openInfluxAgent } from './influx-access.ts'
import { createInfluxWriter } from './influx-writer.ts'
import { openInfluxReader } from './reading/influx-reader.ts'
import { createSendLines, type SendLines } from './send-lines.ts'
import { untilSent } from './until-sent.contract.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const INTERVAL = 30_000
/** Ticks before the outage, in it, and after it. */
const BEFORE = 20
const AWAY = HOUR / INTERVAL
const AFTER = 20

needServer('influxd', () => {
  it('F31 an hour without InfluxDB loses nothing: what is live goes first, the hour follows, and the outbox is empty', async () => {
    await using server = await startInfluxdb()
    const bucket = await makeBucket(server)
    const place = { url: server.url, org: server.org, bucket: bucket.name }
    const access = { ...place, readToken: () => toSecret(bucket.writeToken) }
    const dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-hour-'))
    await using cleanup = new AsyncDisposableStack()
    cleanup.defer(() => rmSync(dataDir, { recursive: true }))

    const batches = recordedBatches().slice(0, BEFORE + AWAY + AFTER)
    const clock = manualClock(batches[0]?.at)
    const outbox = await openSqliteOutbox({ dataDir, clock, log })
    const agent = openInfluxAgent(server.url, 2)
    const { sendLines, accepted } = watchAccepted(createSendLines(access, agent))
    const writer = createInfluxWriter({
      ...{ outbox, clock, log, intervalMs: INTERVAL, outboxMaxBytes: 2 ** 24, outboxMaxMs: 24 * HOUR },
      random: (length) => new Uint8Array(length),
      server: {
        sendLines,
        bucket: watchBucket({ access, clock, log, retentionDays: 30, mayMake: true }),
        [Symbol.dispose]: agent[Symbol.dispose],
      },
    })
    cleanup.use(writer)
    const append = async (some: readonly TickBatch[]) => {
      for (const batch of some) {
        await clock.advance(batch.at - clock.now())
        expect((await writer.append(batch)).held).toEqual([])
      }
    }

    await append(batches.slice(0, BEFORE))
    await untilSent(outbox)
    await server.kill()
    accepted.length = 0
    await append(batches.slice(BEFORE, BEFORE + AWAY))
    expect(outbox.totals().records).toBe(AWAY)
    expect(outbox.totals().bytes).toBeLessThan(AWAY * 8_192)
    expect(accepted).toEqual([])
    const size = statSync(join(dataDir, 'outbox.db')).size + statSync(join(dataDir, 'outbox.db-wal')).size
    expect(size).toBeLessThan(2 ** 23)

    await server.restart()
    await append(batches.slice(BEFORE + AWAY))
    await clock.advance(MINUTE)
    await untilSent(outbox)
    expect(accepted[0], 'what is live goes before the hour').toHaveLength(1)
    const backFill = accepted.filter((ticks) => ticks.length > 1).flat()
    expect(backFill.length).toBeGreaterThanOrEqual(AWAY - 1)
    expect(backFill).toEqual(backFill.toSorted((a, b) => a - b))
    expect(new Set(accepted.flat()).size).toBe(AWAY + AFTER)
    expect(outbox.totals()).toEqual({ records: 0, bytes: 0, oldestAt: 0 })
    expect(outbox.refused()).toEqual([])
    expect(writer.health()).toEqual({ state: 'ok', reason: '' })

    const from = batches[0]?.at ?? 0
    for (const sampledTicks of [0, Number.POSITIVE_INFINITY]) {
      await using reader = openInfluxReader({
        ...{ access: { ...place, readToken: () => toSecret(bucket.readToken) }, log, sampledTicks },
        ...{ clock: manualClock(batches.at(-1)?.at), intervalMs: INTERVAL, retentionDays: 30 },
      })
      for (const step of [30_000, 5 * MINUTE, 20 * MINUTE])
        await expectSlots(reader, batches, { from, to: from + 80 * MINUTE, step, sources: RECORDED_SOURCES })
    }
  })
})

/** Ticks of each request that the server took, in order. */
function watchAccepted(send: SendLines) {
  const accepted: (readonly number[])[] = []
  const sendLines: SendLines = async (lines, stop) => {
    const answer = await send(lines, stop)
    if (answer.status === 204)
      accepted.push([...new Set(lines.map((line) => Number(line.split(' ').at(-1))))])
    return answer
  }
  return { sendLines, accepted }
}
