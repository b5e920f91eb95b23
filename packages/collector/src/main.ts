import { mkdir } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { openConfiguredCluster } from '@etcdmonitor/adapters/etcd/open-configured-cluster'
import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { loadConfig } from '@etcdmonitor/adapters/node/load-config'
import { createLog } from '@etcdmonitor/adapters/node/log'
import { runEntry } from '@etcdmonitor/adapters/node/run-entry'
import { readTlsFiles } from '@etcdmonitor/adapters/node/tls-files'
import { openSqliteMetricsWriter } from '@etcdmonitor/adapters/sqlite/metrics/metrics-writer'
import type { Config } from '@etcdmonitor/core/config/config-schema'
import { type CollectorSettings, createCollector } from './collector.ts'

const STOP_LIMIT = 3_000

await runEntry({
  stopLimit: STOP_LIMIT,
  async run({ stop, useLog }) {
    const { values } = parseArgs({ options: { config: { type: 'string' } } })
    // biome-ignore lint/style/noProcessEnv: an entry point hands the environment on
    const { config, warnings } = loadConfig({ file: values.config, env: process.env })
    const log = createLog(config.log.level, { process: 'collector' })
    useLog(log)
    for (const message of warnings) log.warn('config_warning', { message })
    const { data_dir: dataDir, retention_days: retentionDays } = config.storage
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    // a little less: ticks are off their grid by some ms, and what rested until just after one would miss it
    const interval = config.collector.interval * 900
    await using cluster = openConfiguredCluster(config, {
      tlsFiles: readTlsFiles(config.etcd),
      interval,
      clock,
      log,
    })
    await using writer = await openSqliteMetricsWriter({ dataDir, clock, log, retentionDays, signal: stop })
    const collector = createCollector({ cluster, writer, clock, log, settings: toSettings(config) })
    log.info('collector_started', { interval: config.collector.interval })
    process.send?.({ event: 'collector_started' }) // the folder is ours
    await collector.run(stop)
    log.info('collector_stopped')
  },
})

function toSettings({ etcd, collector }: Config): CollectorSettings {
  return {
    intervalMs: collector.interval * 1_000,
    timeoutMs: collector.timeout * 1_000,
    discoveryIntervalMs: collector.discovery_interval * 1_000,
    hasMetricsEndpoint: etcd.metrics_endpoint !== '',
  }
}
