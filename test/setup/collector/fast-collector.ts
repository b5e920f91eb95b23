import { openEtcdCluster } from '@etcdmonitor/adapters/etcd/etcd-cluster'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { createLog } from '@etcdmonitor/adapters/node/log'
import { openSqliteMetricsWriter } from '@etcdmonitor/adapters/sqlite/metrics/metrics-writer'
import { createCollector } from '@etcdmonitor/collector/collector'

/** The collector at 50 ms, which users cannot have: `fast-collector.ts <data folder> <endpoint>…`. */
const [dataDir = '', ...endpoints] = process.argv.slice(2)
const INTERVAL = 50
const log = createLog('debug')
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())

await using cluster = openEtcdCluster({
  endpoints,
  username: '',
  metricsPath: '/metrics',
  metricsEndpoint: '',
  memberAllowCidrs: [],
  interval: INTERVAL,
  clock: systemClock,
  log,
})
await using writer = await openSqliteMetricsWriter({ dataDir, clock: systemClock, log })
await createCollector({
  cluster,
  writer,
  clock: systemClock,
  log,
  settings: { intervalMs: INTERVAL, timeoutMs: INTERVAL, discoveryIntervalMs: 1_000 },
}).run(stop.signal)
