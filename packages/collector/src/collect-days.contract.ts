import { readdirSync, readFileSync } from 'node:fs'
import { memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { openSqliteMetricsWriter } from '@etcdmonitor/adapters/sqlite/metrics/metrics-writer'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import type { Log } from '@etcdmonitor/core/ports/log'
import { createCollector } from './collector.ts'

/**
 * The collector and the embedded store over simulated time, in which things happen: `node --expose-gc collect-days.contract.ts <data folder> <ticks>`.
 * Writes what the process holds as one JSON line each simulated hour, and at last the line of the end.
 */
const [dataDir = '', ticks = ''] = process.argv.slice(2)
const INTERVAL = 30_000
const HOUR = 120
const DAY = 24 * HOUR
const START = 1_789_999_980_000

const page = readFileSync(new URL('../../../test/fixtures/metrics-3.4.txt', import.meta.url), 'utf8').replace(
  /^etcd_server_id.*\n/m,
  '',
)
const [beforePuts = '', afterPuts = ''] = page.split(/(?<=^etcd_mvcc_put_total )\S+$/m)
const pageAt = (tick: number) => `${beforePuts}${tick * 7}${afterPuts}`

let told = 0
const tell = () => void told++
const log: Log = { debug: tell, info: tell, warn: tell, error: tell }
const clock = manualClock(START)
const membersOn = (day: number) =>
  ['a', 'b', `c${day}`].map((name, i) => ({ id: String(1_000 + i * 7 + (i === 2 ? day : 0)), name }))
const cluster = memoryEtcdCluster({ clock, members: membersOn(0) })
const writer = await openSqliteMetricsWriter({ dataDir, clock, log })
const stop = new AbortController()
const settings = { intervalMs: INTERVAL, timeoutMs: 0, discoveryIntervalMs: 60_000 }
const running = createCollector({ cluster, writer, clock, log, settings }).run(stop.signal)

/** Faults of every kind at times that share no period with the hour at which memory is looked at. */
function happen(tick: number): void {
  const [first, second, third] = membersOn(Math.floor(tick / DAY)).map(({ id }) => id)
  if (!first || !second || !third) return
  if (tick % DAY === 0) cluster.setMembers(membersOn(tick / DAY))
  for (const id of [first, second, third]) cluster.setPage(id, pageAt(tick))
  if (tick % 17 === 0) cluster.setPage(second, '<html>\n')
  if (tick % 31 === 0)
    cluster.setPage(third, pageAt(tick).replaceAll('server_go_version="go', `server_go_version="${tick}`))
  if (tick % 43 === 0) cluster.setDown(first)
  if (tick % 43 === 5) cluster.setUp(first)
  cluster.setDelay(second, tick % 53 < 3 ? Number.POSITIVE_INFINITY : 0)
  if (tick % 997 === 0) clock.step(tick % 2 === 0 ? 70_000 : -70_000)
}

for (let tick = 0; tick < Number(ticks); tick++) {
  happen(tick)
  await clock.advance(INTERVAL)
  if (tick % HOUR === 0) look(tick)
}
look(Number(ticks))
stop.abort()
await running
await writer[Symbol.asyncDispose]()

function look(tick: number): void {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  const handles = process.getActiveResourcesInfo().length
  const files = readdirSync('/proc/self/fd').length
  process.stdout.write(`${JSON.stringify({ tick, heap: heapUsed, rss, handles, files, told })}\n`)
}
