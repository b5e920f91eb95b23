import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ManualClock, manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { START } from '@etcdmonitor/core/contracts/metrics-samples'
import { metricsStoreContract } from '@etcdmonitor/core/contracts/metrics-store'
import { silentLog as log } from '@etcdmonitor/core/ports/log'
import type { MetricsReader, MetricsWriter } from '@etcdmonitor/core/ports/metrics-store'
import { toSecret } from '@etcdmonitor/core/secret'
import { makeBucket, type InfluxAccess as Server } from '@etcdmonitor/rig/influxdb'
import { needServer } from '@etcdmonitor/rig/need-server'
import { sharedInfluxdb } from '@etcdmonitor/rig/shared-influxdb'
import { openSqliteOutbox } from '../sqlite/outbox/open-outbox.ts'
import { openInfluxWriter } from './influx-writer.ts'
import { openInfluxReader } from './reading/influx-reader.ts'
import { untilSent } from './until-sent.contract.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const INTERVAL = 30 * SECOND

/** As the product is; the other way alone takes as long again. */
const BOTH = ['as short and long windows are', undefined] as const
const BY_AGGREGATES = ['by aggregates', 0] as const
const isFull = process.env.TEST_SUITE === 'full'

needServer('influxd', () => {
  for (const [name, sampledTicks] of isFull ? [BOTH, BY_AGGREGATES] : [BOTH])
    metricsStoreContract(`influx, ${name}`, () => openStore(sampledTicks), {
      negativeZero: 0, // line protocol and the server's answers know no other
      keepsHouse: false, // the bucket's retention does
    })
})

/** Both halves with the tokens that they should have; what is asked was sent before. */
async function openStore(sampledTicks: number | undefined) {
  const server = sharedInfluxdb()
  const bucket = await makeBucket(server)
  const dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-influx-'))
  const clock = manualClock(START + MINUTE)
  const outbox = await openSqliteOutbox({ dataDir, clock, log })
  const settings = { clock, log, intervalMs: INTERVAL, retentionDays: 30 }
  const access = (token: string) => ({ ...placeOf(server, bucket.name), readToken: () => toSecret(token) })
  const sent = () => untilSent(outbox)
  const ways = sampledTicks === undefined ? {} : { sampledTicks }
  const writer = openInfluxWriter({
    ...{ ...settings, access: access(bucket.writeToken), outbox },
    random: (length) => new Uint8Array(length),
    outboxMaxBytes: 2 ** 40,
    outboxMaxMs: 2 ** 40,
  })
  const openReader = () =>
    readAfter(openInfluxReader({ ...settings, access: access(bucket.readToken), ...ways }), sent)
  const reader = openReader()
  return {
    ...{ reader, openReader, writer: ticking(writer, clock, sent) },
    async [Symbol.asyncDispose]() {
      await reader[Symbol.asyncDispose]()
      await writer[Symbol.asyncDispose]()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

const placeOf = ({ url, org }: Server, bucket: string) => ({ url, org, bucket })

/** Time passes with the ticks, so that nothing that a reader keeps for a second is out of date. */
function ticking(writer: MetricsWriter, clock: ManualClock, sent: () => Promise<void>): MetricsWriter {
  return {
    ...writer,
    async append(batch) {
      const result = await writer.append(batch)
      await clock.advance(Math.max(SECOND, batch.at - clock.now()))
      return result
    },
    async describe(clusterId, members) {
      await writer.describe(clusterId, members)
      await clock.advance(MINUTE)
    },
    async maintain(time) {
      await sent()
      return writer.maintain(time)
    },
  }
}

function readAfter(reader: MetricsReader, sent: () => Promise<void>): MetricsReader {
  const after =
    <A extends readonly unknown[], T>(ask: (...given: A) => Promise<T>) =>
    async (...given: A): Promise<T> => {
      await sent()
      return ask(...given)
    }
  const { slots, ticks, tail, members, horizon, watermark } = reader
  return {
    ...reader,
    slots: after(slots),
    ticks: after(ticks),
    tail: after(tail),
    members: after(members),
    horizon: after(horizon),
    watermark: after(watermark),
  }
}
