import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { expectSlots } from '@etcdmonitor/core/contracts/metrics-compare'
import { RECORDED, RECORDED_SOURCES, recordedBatches } from '@etcdmonitor/core/contracts/metrics-recording'
import { batchOf, M1, scalar, tickOf } from '@etcdmonitor/core/contracts/metrics-samples'
import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import { silentLog as log } from '@etcdmonitor/core/ports/log'
import type { MetricsWriter } from '@etcdmonitor/core/ports/metrics-store'
import type { Outbox } from '@etcdmonitor/core/ports/outbox'
import { toSecret } from '@etcdmonitor/core/secret'
import {
  type BucketOptions,
  makeBucket,
  type InfluxAccess as Server,
  startInfluxdb,
} from '@etcdmonitor/rig/influxdb'
import { needServer } from '@etcdmonitor/rig/need-server'
import { sharedInfluxdb } from '@etcdmonitor/rig/shared-influxdb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteOutbox } from '../sqlite/outbox/open-outbox.ts'
import { configuredAccess } from './configured-access.ts'
import { openInfluxWriter } from './influx-writer.ts'
import { openInfluxReader } from './reading/influx-reader.ts'
import { untilSent } from './until-sent.contract.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const INTERVAL = 30 * SECOND
const DAYS = 30
const KILLS = process.env.TEST_SUITE === 'full' ? 50 : 5

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-influx-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

interface OpenedWriter extends AsyncDisposable {
  readonly writer: MetricsWriter
  readonly outbox: Outbox
}

type Access = NonNullable<ReturnType<typeof configuredAccess>>

async function openWriter(
  access: Access,
  { name = 'data', clock = manualClock(), maxBytes = 2 ** 40 } = {},
): Promise<OpenedWriter> {
  const outbox = await openSqliteOutbox({ dataDir: join(folder, name), clock, log })
  const writer = openInfluxWriter({
    ...{ access, outbox, clock, log, intervalMs: INTERVAL, retentionDays: DAYS },
    random: (length) => new Uint8Array(length),
    outboxMaxBytes: maxBytes,
    outboxMaxMs: 24 * HOUR,
  })
  return { writer, outbox, [Symbol.asyncDispose]: writer[Symbol.asyncDispose] }
}

/** A bucket of its own; what its reader sees of the member of `ticksFrom`. */
async function openBucket(server: Server, options?: BucketOptions) {
  const bucket = await makeBucket(server, options)
  const place = { url: server.url, org: server.org, bucket: bucket.name }
  const access = (token: string): Access => ({ ...place, readToken: () => toSecret(token) })
  const openReader = (now: number) =>
    openInfluxReader({
      ...{ access: access(bucket.readToken), log, intervalMs: INTERVAL, retentionDays: DAYS },
      clock: manualClock(now),
    })
  return {
    ...bucket,
    place,
    writing: access(bucket.writeToken),
    openReader,
    /** Instant and value of each sample of a source of M1. */
    async samples(source: 'put' | 'raft_term' | 'proposals_pending', from: number, to: number) {
      await using reader = openReader(to)
      const [found] = await reader.ticks({ members: [M1], sources: [source], from, to })
      const [one] = found?.series ?? []
      if (!found || one?.kind === 'histogram') return []
      return [...found.times].map((at, i) => [at, one?.values[i]] as const)
    },
  }
}

const tickAt = (at: number, value: number): TickBatch =>
  batchOf(at, tickOf(M1, [scalar('put', value), scalar('raft_term', 3), scalar('proposals_pending', value)]))

async function appendAll(writer: MetricsWriter, batches: readonly TickBatch[]) {
  for (const batch of batches) await writer.append(batch)
}

needServer('influxd', () => {
  describe('the writing half of the store in InfluxDB', () => {
    it(`IX-1 F36 loses and doubles nothing over ${KILLS} kills of the server`, {
      timeout: 300_000,
    }, async () => {
      await using server = await startInfluxdb()
      const bucket = await openBucket(server)
      const clock = manualClock()
      const start = clock.now()
      await using opened = await openWriter(bucket.writing, { clock })
      let ticks = 0
      const append = async () => {
        ticks++
        await opened.writer.append(tickAt(start + ticks * INTERVAL, ticks))
      }
      for (let kill = 0; kill < KILLS; kill++) {
        for (let i = 0; i < 20; i++) await append()
        await sleep(kill % 7)
        await server.kill()
        for (let i = 0; i < 5; i++) await append()
        await server.restart()
        await clock.advance(MINUTE) // any back-off
        if (kill % 2 === 0) await append()
      }
      await clock.advance(MINUTE)
      await untilSent(opened.outbox)
      const to = start + (ticks + 1) * INTERVAL
      const wanted = Array.from({ length: ticks }, (_, i) => [start + (i + 1) * INTERVAL, i + 1])
      expect(await bucket.samples('put', start, to)).toEqual(wanted)
      expect(opened.outbox.refused()).toEqual([])
    })

    it('D5 gives up what a bucket of 1 h does not keep, and sends the rest of 2 h', async () => {
      const bucket = await openBucket(sharedInfluxdb(), { retentionSeconds: 3_600 })
      const now = Math.floor(Date.now() / INTERVAL) * INTERVAL
      const batches = Array.from({ length: 240 }, (_, i) => tickAt(now - (239 - i) * INTERVAL, i))
      const away = { ...bucket.writing, url: 'http://127.0.0.1:1' }
      {
        await using unsent = await openWriter(away)
        await appendAll(unsent.writer, batches)
        expect(unsent.outbox.totals().records).toBe(240)
      }
      const clock = manualClock(now)
      await using opened = await openWriter(bucket.writing, { clock })
      await untilSent(opened.outbox)
      const found = await bucket.samples('put', now - 2 * HOUR, now + 1)
      expect(found.length).toBeGreaterThan(115)
      expect(found.length).toBeLessThan(125) // by InfluxDB's clock and the borders of its shards
      expect(found.at(-1)).toEqual([now, 239])
      const { dropped } = await opened.writer.append(tickAt(now + INTERVAL, 240))
      expect((dropped.outbox_full ?? 0) + (dropped.refused ?? 0)).toBe((240 - found.length) * 3)
      expect(opened.writer.health()).toEqual({ state: 'degraded', reason: 'retention_short' })
    })

    it('IX-2 a field of another type costs that field alone', async () => {
      const server = sharedInfluxdb()
      const bucket = await openBucket(server)
      const clock = manualClock()
      const start = clock.now()
      const place = new URLSearchParams({ org: server.org, bucket: bucket.name, precision: 'ms' })
      await fetch(`${server.url}/api/v2/write?${place}`, {
        method: 'POST',
        headers: { authorization: `Token ${bucket.writeToken}` },
        body: `prometheus,cluster_id=1,member_id=1 raft_term=1i ${start}`,
        signal: AbortSignal.timeout(60_000),
        redirect: 'error',
      })
      await using opened = await openWriter(bucket.writing, { clock })
      await appendAll(
        opened.writer,
        [1, 2, 3].map((i) => tickAt(start + i * INTERVAL, i)),
      )
      await untilSent(opened.outbox)
      const to = start + HOUR
      expect(await bucket.samples('put', start, to)).toEqual([1, 2, 3].map((i) => [start + i * INTERVAL, i]))
      expect((await bucket.samples('raft_term', start, to)).map(([, value]) => value)).toEqual([
        undefined,
        undefined,
        undefined,
      ])
      const refused = opened.outbox.refused()
      expect(new Set(refused.map(({ line }) => line.split(' ')[1]))).toEqual(new Set(['raft_term=3']))
    })

    it('IX-2 keeps everything while its token is revoked, and goes on with the one in the file', async () => {
      const server = sharedInfluxdb()
      const bucket = await openBucket(server)
      const file = join(folder, 'token')
      writeFileSync(file, 'revoked\n')
      const metrics = {
        ...bucket.place,
        driver: 'influxdb',
        token: toSecret('old'),
        token_file: file,
      } as const
      const access = configuredAccess({ 'storage.metrics': metrics })
      if (!access) throw new Error('no access')
      const clock = manualClock()
      const start = clock.now()
      await using opened = await openWriter(access, { clock })
      await appendAll(
        opened.writer,
        [1, 2, 3].map((i) => tickAt(start + i * INTERVAL, i)),
      )
      await until(() => opened.writer.health().reason === 'auth')
      expect(opened.outbox.totals().records).toBe(3)
      writeFileSync(file, `${bucket.writeToken}\n`)
      await clock.advance(INTERVAL)
      await untilSent(opened.outbox)
      expect(await bucket.samples('put', start, start + HOUR)).toHaveLength(3)
      expect(opened.writer.health()).toEqual({ state: 'ok', reason: '' })
    })

    it('makes a bucket that is missing where the token may, and waits for one where it may not', async () => {
      const server = sharedInfluxdb()
      const other = await openBucket(server)
      const clock = manualClock()
      const missing = { ...other.place, bucket: `${other.name}-missing` }
      await using waiting = await openWriter({ ...missing, readToken: other.writing.readToken }, { clock })
      await waiting.writer.append(tickAt(clock.now(), 1))
      await until(() => waiting.writer.health().reason === 'bucket_missing')
      expect(waiting.outbox.totals().records).toBe(1)

      const operator = { ...missing, readToken: () => toSecret(server.operatorToken) }
      await using making = await openWriter(operator, { name: 'other', clock })
      await making.writer.append(tickAt(clock.now(), 1))
      await untilSent(making.outbox)
      expect(making.writer.health()).toEqual({ state: 'ok', reason: '' })
      const response = await fetch(`${server.url}/api/v2/buckets?name=${missing.bucket}`, {
        headers: { authorization: `Token ${server.operatorToken}` },
        signal: AbortSignal.timeout(60_000),
        redirect: 'error',
      })
      expect(await response.json()).toMatchObject({
        buckets: [{ retentionRules: [{ everySeconds: 91 * 86_400, shardGroupDurationSeconds: 86_400 }] }],
      })
    })

    it('writes the same points as another collector of the cluster, which are there once', async () => {
      const bucket = await openBucket(sharedInfluxdb())
      const batches = recordedBatches().slice(0, 120)
      const [first, second] = [
        await openWriter(bucket.writing),
        await openWriter(bucket.writing, { name: 'second' }),
      ]
      await using _ = first
      await using __ = second
      for (const batch of batches)
        await Promise.all([first, second].map(({ writer }) => writer.append(batch)))
      await Promise.all([first, second].map(({ outbox }) => untilSent(outbox)))
      await using reader = bucket.openReader(batches.at(-1)?.at ?? 0)
      const from = batches[0]?.at ?? 0
      const window = { from, to: from + 2 * HOUR, step: 10 * MINUTE, sources: RECORDED_SOURCES }
      await expectSlots(reader, batches, window)
    })

    it.each([
      { name: 'samples', sampledTicks: Number.POSITIVE_INFINITY },
      { name: 'aggregates', sampledTicks: 0 },
    ])(
      'IX-3 has the right increases by $name over what an outbox beyond its bound had to drop',
      async ({ sampledTicks }) => {
        const bucket = await openBucket(sharedInfluxdb())
        const batches = recordedBatches().slice(0, 300)
        const clock = manualClock(batches[0]?.at)
        {
          await using before = await openWriter(bucket.writing, { clock })
          await appendAll(before.writer, batches.slice(0, 100))
          await untilSent(before.outbox)
        }
        const away = { ...bucket.writing, url: 'http://127.0.0.1:1' }
        let dropped = 0
        const waiting = new Set<number>()
        {
          await using unsent = await openWriter(away, { clock, maxBytes: 60_000 })
          for (const batch of batches.slice(100)) {
            const result = await unsent.writer.append(batch)
            dropped += result.dropped.outbox_full ?? 0
          }
          for (const { at } of unsent.outbox.summaries({ before: Number.MAX_SAFE_INTEGER })) waiting.add(at)
        }
        expect(dropped).toBeGreaterThan(1_000)
        expect(waiting.size).toBeGreaterThan(20)
        await using opened = await openWriter(bucket.writing, { clock })
        await untilSent(opened.outbox)
        const stored = batches.filter(({ at }, i) => i < 100 || waiting.has(at))
        await using reader = openInfluxReader({
          ...{ access: { ...bucket.place, readToken: () => toSecret(bucket.readToken) }, log, sampledTicks },
          ...{ intervalMs: INTERVAL, retentionDays: DAYS, clock: manualClock(batches.at(-1)?.at) },
        })
        const from = batches[0]?.at ?? 0
        for (const step of [2 * MINUTE, 10 * MINUTE, 30 * MINUTE])
          await expectSlots(reader, stored, { from, to: from + 3 * HOUR, step, sources: RECORDED_SOURCES })
        expect(RECORDED).toHaveLength(2)
      },
    )
  })
})

async function until(holds: () => boolean): Promise<void> {
  for (const end = performance.now() + 60_000; !holds(); await sleep(5))
    if (performance.now() > end) throw new Error('not within 10 s')
}
