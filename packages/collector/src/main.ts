import { mkdir } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { openConfiguredCluster } from '@etcdmonitor/adapters/etcd/open-configured-cluster'
import { configuredAccess } from '@etcdmonitor/adapters/influx/configured-access'
import { openInfluxWriter } from '@etcdmonitor/adapters/influx/influx-writer'
import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { followTlsFiles } from '@etcdmonitor/adapters/node/follow-tls-files'
import { openHttpServer } from '@etcdmonitor/adapters/node/http-server'
import { loadConfig } from '@etcdmonitor/adapters/node/load-config'
import { createLog } from '@etcdmonitor/adapters/node/log'
import { watchProcess } from '@etcdmonitor/adapters/node/process-readings'
import { randomBytes as random } from '@etcdmonitor/adapters/node/random'
import { runEntry } from '@etcdmonitor/adapters/node/run-entry'
import { readTlsFiles } from '@etcdmonitor/adapters/node/tls-files'
import { openSqliteMetricsWriter } from '@etcdmonitor/adapters/sqlite/metrics/metrics-writer'
import { openSqliteOutbox } from '@etcdmonitor/adapters/sqlite/outbox/open-outbox'
import type { Config } from '@etcdmonitor/core/config/config-schema'
import { AppError } from '@etcdmonitor/core/errors'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { MetricsWriter } from '@etcdmonitor/core/ports/metrics-store'
import type { Outbox } from '@etcdmonitor/core/ports/outbox'
import { runTogether } from '@etcdmonitor/core/run-together'
import { type Collector, createCollector } from './collector.ts'
import type { CollectorSettings } from './deps.ts'
import type { Family } from './self/meter.ts'
import { outboxFamilies, processFamilies } from './self/process-families.ts'
import { answerSelf } from './self/self-answers.ts'

const STOP_LIMIT = 3_000
const MIB = 1_048_576
const HOUR = 3_600_000

await runEntry({
  stopLimit: STOP_LIMIT,
  async run({ stop, useLog }) {
    const { values } = parseArgs({ options: { config: { type: 'string' } } })
    // biome-ignore lint/style/noProcessEnv: an entry point hands the environment on
    const { config, warnings } = loadConfig({ file: values.config, env: process.env })
    const log = createLog(config.log.level, { process: 'collector' })
    useLog(log)
    for (const message of warnings) log.warn('config_warning', { message })
    await mkdir(config.storage.data_dir, { recursive: true, mode: 0o700 })
    // a little less: ticks are off their grid by some ms, and what rested until just after one would miss it
    const interval = config.collector.interval * 900
    const files = readTlsFiles(config.etcd)
    await using cluster = openConfiguredCluster(config, {
      tlsFiles: files,
      interval,
      clock,
      log,
    })
    const { outbox, ...opened } = await openWriter(config, log, stop)
    await using writer = opened.writer
    const collector = createCollector({ cluster, writer, clock, log, settings: toSettings(config) })
    await using _self = await serveSelf({ config, collector, outbox, stop, log })
    log.info('collector_started', { interval: config.collector.interval })
    process.send?.({ event: 'collector_started' }) // the folder is ours
    const { renewTls: renew } = cluster
    const followed = { section: 'etcd', keys: config.etcd, files, renew, clock, log } as const
    await runTogether(
      [
        (end) => collector.run(end),
        ...(config.etcd.tls_enable ? [(end: AbortSignal) => followTlsFiles(followed, end)] : []),
      ],
      stop,
    )
    log.info('collector_stopped')
  },
})

interface OpenedWriter {
  readonly writer: MetricsWriter
  /** Where ticks wait for a server; closed by the writer. */
  readonly outbox?: Outbox
}

async function openWriter(config: Config, log: Log, signal: AbortSignal): Promise<OpenedWriter> {
  const { storage, collector } = config
  const { data_dir: dataDir, retention_days: retentionDays } = storage
  const access = configuredAccess(config)
  if (!access)
    return { writer: await openSqliteMetricsWriter({ dataDir, clock, log, retentionDays, signal }) }
  const outbox = await openSqliteOutbox({ dataDir, clock, log, signal })
  const writer = openInfluxWriter({
    ...{ access, clock, log, random, retentionDays, outbox },
    intervalMs: collector.interval * 1_000,
    outboxMaxBytes: storage.outbox_max_mb * MIB,
    outboxMaxMs: storage.outbox_max_hours * HOUR,
  })
  return { writer, outbox }
}

interface SelfDeps {
  readonly outbox: Outbox | undefined
  readonly config: Config
  readonly collector: Collector
  readonly stop: AbortSignal
  readonly log: Log
}

/** What `collector.listen` gives, where it is set. @throws StartRefused when the address cannot be had */
async function serveSelf({ config, collector, outbox, stop, log }: SelfDeps): Promise<AsyncDisposable> {
  await using held = new AsyncDisposableStack()
  const { listen } = config.collector
  if (!listen) return held.move()
  const watched = held.use(watchProcess())
  const families = () => [
    ...collector.meters(),
    ...(outbox ? outboxOf(outbox) : []),
    ...processFamilies(watched.read()),
  ]
  const server = await openHttpServer({
    listen,
    listenKey: 'collector.listen',
    clock,
    listener({ method = '', url = '' }, outgoing) {
      const facts = { isDraining: stop.aborted, isStoring: collector.isStoring(), families }
      const { status, headers, body } = answerSelf(method, url, facts)
      outgoing.writeHead(status, headers).end(body)
    },
  })
  held.defer(() => server.drain(0))
  log.info('collector_listening', { address: server.address, port: server.port })
  return held.move()
}

/** Nothing where its file cannot be read: that is told elsewhere. */
function outboxOf(outbox: Outbox): readonly Family[] {
  try {
    return outboxFamilies(outbox.totals(), clock.now())
  } catch (error) {
    if (error instanceof AppError) return []
    throw error
  }
}

function toSettings({ etcd, collector, ...config }: Config): CollectorSettings {
  return {
    intervalMs: collector.interval * 1_000,
    timeoutMs: collector.timeout * 1_000,
    discoveryIntervalMs: collector.discovery_interval * 1_000,
    hasMetricsEndpoint: etcd.metrics_endpoint !== '',
    durableIn: config['storage.metrics'].driver === 'influxdb' ? 'outbox' : 'metrics',
  }
}
