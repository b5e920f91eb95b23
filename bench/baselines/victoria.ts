import { startChild } from '@etcdmonitor/rig/child'
import { freePorts } from '@etcdmonitor/rig/free-ports'
import { type Baseline, queryRange, untilReady } from './baseline.ts'
import type { PlainSeries } from './collect-series.ts'

export interface VictoriaOptions {
  readonly binary: string
  readonly folder: string
  readonly series: readonly PlainSeries[]
}

export interface Victoria extends AsyncDisposable {
  /** Asks it not to use its cache of results. */
  readonly uncached: Baseline
  readonly cached: Baseline
}

/** VictoriaMetrics on loopback with `series` in it. */
export async function startVictoria({ binary, folder, series }: VictoriaOptions): Promise<Victoria> {
  const [port = 0] = await freePorts(1)
  const base = `http://127.0.0.1:${port}`
  const child = await startChild({
    command: binary,
    args: [
      `-storageDataPath=${folder}`,
      '-retentionPeriod=100y',
      '-search.latencyOffset=0s',
      '-search.maxPointsPerTimeseries=100000',
      `-httpListenAddr=127.0.0.1:${port}`,
    ],
    env: process.env,
  })
  await untilReady(`${base}/health`)
  for (const { name, labels, times, values } of series) {
    const body = JSON.stringify({ metric: { __name__: name, ...labels }, values, timestamps: times })
    const answer = await fetch(`${base}/api/v1/import`, { method: 'POST', body })
    if (!answer.ok) throw new Error(`VictoriaMetrics refuses ${name}: ${await answer.text()}`)
  }
  await fetch(`${base}/internal/force_flush`)
  return {
    uncached: { id: 'victoria', query: (query) => queryRange(base, query, { nocache: '1' }) },
    cached: { id: 'victoria-cached', query: (query) => queryRange(base, query) },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}
