import { join } from 'node:path'
import { openInfluxWriter } from '@etcdmonitor/adapters/influx/influx-writer'
import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { createLog } from '@etcdmonitor/adapters/node/log'
import { randomBytes as random } from '@etcdmonitor/adapters/node/random'
import { openSqliteOutbox } from '@etcdmonitor/adapters/sqlite/outbox/open-outbox'
import { toSecret } from '@etcdmonitor/core/secret'
import { makeBucket, startInfluxdb } from '@etcdmonitor/rig/influxdb'
import { ensureServer } from '@etcdmonitor/rig/servers'
import type { BenchContext, BenchFamily } from './bench.ts'
import { makeDataSet } from './data-set.ts'
import { median, round3, timed } from './measure.ts'
import { type BenchRecord, judge } from './records.ts'

const TITLE = 'append of a tick of 3 members to the outbox, committed'
const INTERVAL = 30_000
const HOUR = 3_600_000
const NOBODY = 'http://127.0.0.1:1'
const WARM_UP = 10
const APPEND_LIMITS = { three: 2, hundred: 40 }
const DRAIN_LIMIT = 30

/** ST-18: what a collector does for InfluxDB at each tick, and after an hour without it. */
export const outboxBenches: BenchFamily = {
  ids: ['ST-18'],
  async run(_, context) {
    const server = await ensureServer('influxd')
    if ('missing' in server) return [{ ...FRAME, runs: [], verdict: 'not_run', reason: server.missing }]
    context.say('ST-18: ticks of 3 and of 100 members, and an hour of 3')
    const three = await measureAppend(context, 3, 120)
    const hundred = await measureAppend(context, 100, 30)
    const drain = await measureDrain(context)
    const demand = { op: '<=' as const, value: APPEND_LIMITS.three }
    const isMet = median(hundred) <= APPEND_LIMITS.hundred && drain <= DRAIN_LIMIT
    return [
      {
        ...{ ...FRAME, runs: three, median: round3(median(three)), demand },
        verdict: isMet ? judge(median(three), demand) : 'missed',
        side: { hundred_members_ms: round3(median(hundred)), drain_of_an_hour_s: round3(drain) },
      },
    ]
  },
}

const FRAME: Pick<BenchRecord, 'id' | 'title' | 'unit'> = { id: 'ST-18', title: TITLE, unit: 'ms' }

/** ms of each append while nobody takes what waits. */
async function measureAppend(
  context: BenchContext,
  members: number,
  ticks: number,
): Promise<readonly number[]> {
  const access = { url: NOBODY, org: 'o', bucket: 'b', readToken: () => toSecret('t') }
  await using opened = await openWriter(join(context.folder, `append-${members}`), access)
  const days = ((ticks + WARM_UP) * INTERVAL) / (24 * HOUR)
  const data = makeDataSet({ days, interval: INTERVAL, members, seed: context.seed, now: Date.now() })
  const runs: number[] = []
  for (const batch of data.batches()) runs.push(round3(await timed(() => opened.writer.append(batch))))
  return runs.slice(WARM_UP)
}

/** s from the start of a collector that has an hour in its outbox until the server has all of it. */
async function measureDrain(context: BenchContext): Promise<number> {
  await using server = await startInfluxdb()
  const bucket = await makeBucket(server)
  const { url, org } = server
  const access = { url, org, bucket: bucket.name, readToken: () => toSecret(bucket.writeToken) }
  const folder = join(context.folder, 'drain')
  const data = makeDataSet({
    days: 1 / 24,
    interval: INTERVAL,
    members: 3,
    seed: context.seed,
    now: Date.now(),
  })
  {
    await using unsent = await openWriter(folder, { ...access, url: NOBODY })
    for (const batch of data.batches()) await unsent.writer.append(batch)
  }
  const start = performance.now()
  await using opened = await openWriter(folder, access)
  while (opened.outbox.totals().records > 0) await clock.sleep(5, new AbortController().signal)
  return (performance.now() - start) / 1_000
}

async function openWriter(dataDir: string, access: Parameters<typeof openInfluxWriter>[0]['access']) {
  const log = createLog('error')
  const outbox = await openSqliteOutbox({ dataDir, clock, log })
  const settings = { clock, log, random, intervalMs: INTERVAL, retentionDays: 30 }
  const bounds = { outboxMaxBytes: 2 ** 30, outboxMaxMs: 24 * HOUR }
  const writer = openInfluxWriter({ ...settings, ...bounds, access, outbox })
  return { writer, outbox, [Symbol.asyncDispose]: writer[Symbol.asyncDispose] }
}
