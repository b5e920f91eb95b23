import { mkdir } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { openEtcdCluster } from '@etcdmonitor/adapters/etcd/etcd-cluster'
import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { loadConfig } from '@etcdmonitor/adapters/node/load-config'
import { createLog } from '@etcdmonitor/adapters/node/log'
import { runEntry } from '@etcdmonitor/adapters/node/run-entry'
import { readTlsFiles } from '@etcdmonitor/adapters/node/tls-files'
import { openSqliteMetricsWriter } from '@etcdmonitor/adapters/sqlite/metrics/metrics-writer'
import type { Config } from '@etcdmonitor/core/config/config-schema'
import type { EtcdCluster } from '@etcdmonitor/core/ports/etcd-cluster'
import type { Log } from '@etcdmonitor/core/ports/log'
import { PRODUCT_VERSION } from '@etcdmonitor/core/version'
import { type CollectorSettings, createCollector } from './collector.ts'

const STOP_LIMIT = 3_000

await runEntry({
  stopLimit: STOP_LIMIT,
  async run({ stop, useLog }) {
    const { values } = parseArgs({ options: { config: { type: 'string' } } })
    // biome-ignore lint/style/noProcessEnv: an entry point hands the environment on
    const { config, warnings } = loadConfig({ file: values.config, env: process.env })
    const log = createLog(config.log.level)
    useLog(log)
    for (const message of warnings) log.warn('config_warning', { message })
    const { data_dir: dataDir } = config.storage
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    await using cluster = openEtcd(config, log)
    await using writer = await openSqliteMetricsWriter({ dataDir, clock, log, signal: stop })
    const collector = createCollector({ cluster, writer, clock, log, settings: toSettings(config) })
    log.info('collector_started', { interval: config.collector.interval })
    await collector.run(stop)
    log.info('collector_stopped')
  },
})

function openEtcd({ etcd, collector }: Config, log: Log): EtcdCluster {
  const tls = {
    ...readTlsFiles(etcd),
    serverName: etcd.tls_server_name,
    insecureSkipVerify: etcd.tls_insecure_skip_verify,
  }
  return openEtcdCluster({
    endpoints: etcd.endpoint,
    username: etcd.username,
    password: etcd.password,
    tls: etcd.tls_enable ? tls : undefined,
    metricsPath: etcd.metrics_path,
    metricsEndpoint: etcd.metrics_endpoint,
    memberAllowCidrs: etcd.member_allow_cidrs,
    // a little less: ticks are off their grid by some ms, and what rested until just after one would miss it
    interval: collector.interval * 900,
    clock,
    log,
    version: PRODUCT_VERSION,
  })
}

function toSettings({ etcd, collector }: Config): CollectorSettings {
  return {
    intervalMs: collector.interval * 1_000,
    timeoutMs: collector.timeout * 1_000,
    discoveryIntervalMs: collector.discovery_interval * 1_000,
    hasMetricsEndpoint: etcd.metrics_endpoint !== '',
  }
}
