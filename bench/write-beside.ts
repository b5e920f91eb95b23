import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { createLog } from '@etcdmonitor/adapters/node/log'
import { openSqliteMetricsWriter } from '@etcdmonitor/adapters/sqlite/metrics/metrics-writer'
import { makeDataSet } from './data-set.ts'
import { keepHouse } from './load-store.ts'

/** `write-beside.ts <folder> <seed> <now>`: for 20 s a tick a second into a store that holds this data set, and twice a seal of all members. */
const [folder = '', seed = '', now = ''] = process.argv.slice(2)
const SECONDS = 20
const SEALS = [6, 13]
const WINDOW = 2 * 3_600_000
const SHORT = { days: 1 / 24, interval: 30_000, members: 3 }

const data = makeDataSet({ ...SHORT, seed: Number(seed), now: Number(now) })
const writer = await openSqliteMetricsWriter({ dataDir: folder, clock: systemClock, log: createLog('warn') })
const batches = [...data.batches()]
let at = data.to
for (let second = 0; second < SECONDS; second++) {
  const batch = batches[second % batches.length]
  if (batch) await writer.append({ ...batch, at })
  at += data.interval
  if (SEALS.includes(second)) {
    at = (Math.floor(at / WINDOW) + 1) * WINDOW
    await keepHouse(writer, at + 60_000)
  }
  await systemClock.sleep(1_000, new AbortController().signal)
}
await writer[Symbol.asyncDispose]()
