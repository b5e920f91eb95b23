import { join } from 'node:path'
import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import { ensureServer } from '@etcdmonitor/rig/servers'
import type { BenchContext } from '../bench.ts'
import type { DataSet } from '../data-set.ts'
import type { Baseline } from './baseline.ts'
import { collectSeries } from './collect-series.ts'
import { startPrometheus } from './prometheus.ts'
import { startVictoria } from './victoria.ts'

export type RivalServers = Readonly<Record<'prometheus' | 'promtool' | 'victoria', string>>

/** Paths of what the rivals are run by, or why there is none. */
export async function findRivals(): Promise<RivalServers | { readonly missing: string }> {
  const paths: Record<string, string> = {}
  for (const name of ['prometheus', 'promtool', 'victoria'] as const) {
    const server = await ensureServer(name)
    if ('missing' in server) return server
    paths[name] = server.path
  }
  return paths as RivalServers // the three that were looked for
}

export interface Rivals extends AsyncDisposable {
  /** Prometheus, VictoriaMetrics without its cache of results, and with it. */
  readonly all: readonly Baseline[]
}

/** Prometheus and VictoriaMetrics with these sources of the data set in them. */
export async function startRivals(
  servers: RivalServers,
  { data, sources }: { readonly data: DataSet; readonly sources: ReadonlySet<SourceId> },
  { folder, say }: Pick<BenchContext, 'folder' | 'say'>,
): Promise<Rivals> {
  say(`making ${sources.size} sources for Prometheus and VictoriaMetrics`)
  const series = collectSeries(data, sources)
  await using opening = new AsyncDisposableStack()
  say(`loading ${series.length} series into VictoriaMetrics`)
  const victoria = opening.use(
    await startVictoria({ binary: servers.victoria, folder: join(folder, 'victoria'), series }),
  )
  say('loading them into Prometheus')
  const { prometheus: binary, promtool } = servers
  const prometheus = opening.use(
    await startPrometheus({ binary, promtool, folder: join(folder, 'prometheus'), series }),
  )
  const opened = opening.move()
  return {
    all: [prometheus, victoria.uncached, victoria.cached],
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}
