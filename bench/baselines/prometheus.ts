import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startChild } from '@etcdmonitor/rig/child'
import { freePorts } from '@etcdmonitor/rig/free-ports'
import { type Baseline, queryRange, untilReady } from './baseline.ts'
import type { PlainSeries } from './collect-series.ts'

export interface PrometheusOptions {
  readonly binary: string
  readonly promtool: string
  readonly folder: string
  readonly series: readonly PlainSeries[]
}

/** Prometheus on loopback whose blocks hold `series`; it scrapes nothing. */
export async function startPrometheus({
  binary,
  promtool,
  folder,
  series,
}: PrometheusOptions): Promise<Baseline & AsyncDisposable> {
  const data = join(folder, 'data')
  mkdirSync(data, { recursive: true })
  const text = join(folder, 'series.om')
  await writeOpenMetrics(text, series)
  const load = ['tsdb', 'create-blocks-from', 'openmetrics', '--max-block-duration=24h', text, data]
  await promisify(execFile)(promtool, load, { maxBuffer: 1 << 26 })
  rmSync(text)
  const config = join(folder, 'prometheus.yml')
  writeFileSync(config, 'global: {scrape_interval: 1h}\n')
  const [port = 0] = await freePorts(1)
  const base = `http://127.0.0.1:${port}`
  const child = await startChild({
    command: binary,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=10y',
      '--query.max-samples=500000000',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    env: process.env,
  })
  await untilReady(`${base}/-/ready`)
  return {
    id: 'prometheus',
    query: (query) => queryRange(base, query),
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}

async function writeOpenMetrics(file: string, series: readonly PlainSeries[]): Promise<void> {
  const stream = createWriteStream(file)
  for (const { name, labels, times, values } of series) {
    const set = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
    const head = `${name}{${set.join(',')}}`
    const lines = times.map((at, i) => `${head} ${values[i]} ${at / 1_000}\n`)
    if (!stream.write(lines.join(''))) await once(stream, 'drain')
  }
  stream.end('# EOF\n')
  await once(stream, 'finish')
}
