import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import { systemClock } from '../../node/clock.ts'
import { createLog } from '../../node/log.ts'
import { openSqliteMetricsWriter } from './metrics-writer.ts'

/** Two members whose 120 values all are the number of the tick: a torn one would show. */
const tickNumber = (n: number, at: number): TickBatch => ({
  clusterId: '1',
  at,
  members: ['1', '2'].map((memberId) => ({
    memberId,
    scalars: Array.from({ length: 120 }, (_, i) => ({
      source: 'grpc_started',
      labels: { method: `M${i}` },
      value: n,
    })),
    histograms: [],
  })),
})

/** `append-forever.contract.ts <data folder> <first number>`: prints `stored <number> <at>` for each tick that is acknowledged. */
const [dataDir = '', first = '1'] = process.argv.slice(2)
const INTERVAL = 50
const writer = await openSqliteMetricsWriter({ dataDir, clock: systemClock, log: createLog('error') })
for (let n = Number(first); ; n++) {
  const at = Math.ceil((systemClock.now() + 1) / INTERVAL) * INTERVAL
  await systemClock.sleepUntil(at, new AbortController().signal)
  const { stored } = await writer.append(tickNumber(n, at))
  if (stored > 0) process.stdout.write(`stored ${n} ${at}\n`)
}
