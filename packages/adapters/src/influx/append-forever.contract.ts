import { numberedMembers } from '@etcdmonitor/core/contracts/metrics-samples'
import { AppError } from '@etcdmonitor/core/errors'
import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import { toSecret } from '@etcdmonitor/core/secret'
import { systemClock as clock } from '../node/clock.ts'
import { createLog } from '../node/log.ts'
import { randomBytes as random } from '../node/random.ts'
import { openSqliteOutbox } from '../sqlite/outbox/open-outbox.ts'
import { openInfluxWriter } from './influx-writer.ts'

/**
 * `append-forever.contract.ts <data folder>`: appends ticks as fast as the disk takes them, while there is no InfluxDB. Prints
 * `stored <number>` for each that is acknowledged, and `refused <number>` where the store says that it is not available.
 */
const [dataDir = ''] = process.argv.slice(2)
const START = 1_790_028_000_000
const INTERVAL = 30_000
const LARGE = 2 ** 40

const tickNumber = (n: number): TickBatch => ({
  clusterId: '1',
  at: START + n * INTERVAL,
  members: numberedMembers(n),
})

const log = createLog('error')
const writer = openInfluxWriter({
  ...{ clock, log, random, intervalMs: INTERVAL, retentionDays: 30 },
  access: { url: 'http://127.0.0.1:1', org: 'o', bucket: 'b', readToken: () => toSecret('t') },
  outbox: await openSqliteOutbox({ dataDir, clock, log }),
  outboxMaxBytes: LARGE,
  outboxMaxMs: LARGE,
})
for (let n = 1; ; n++) {
  try {
    const { stored } = await writer.append(tickNumber(n))
    process.stdout.write(`${stored > 0 ? 'stored' : 'held'} ${n}\n`)
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'storage_unavailable')) throw error
    process.stdout.write(`refused ${n}\n`)
  }
}
