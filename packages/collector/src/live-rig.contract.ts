import { openEtcdCluster } from '@etcdmonitor/adapters/etcd/etcd-cluster'
import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { createCollector } from './collector.ts'
import { recordingLog, recordingStore } from './collector-rig.contract.ts'

export interface LiveOptions {
  readonly endpoints: readonly string[]
  readonly metricsEndpoint?: string | readonly string[]
  readonly intervalMs: number
  /** Default: all that the next tick leaves, for a third of so short an interval is little on a busy machine. */
  readonly timeoutMs?: number
  /** Default: 60,000. */
  readonly discoveryIntervalMs?: number
  readonly store?: ReturnType<typeof recordingStore>
}

/** A collector that runs by the real clock over real members. Disposing it stops it. */
export function startLive({
  endpoints,
  metricsEndpoint = '',
  intervalMs,
  timeoutMs = intervalMs,
  discoveryIntervalMs = 60_000,
  store = recordingStore(),
}: LiveOptions) {
  const { log, lines } = recordingLog()
  const cluster = openEtcdCluster({
    endpoints,
    username: '',
    metricsPath: '/metrics',
    metricsEndpoint,
    memberAllowCidrs: [],
    interval: intervalMs * 0.9,
    clock,
    log,
  })
  const stopping = new AbortController()
  const hasMetricsEndpoint = metricsEndpoint !== ''
  const settings = { intervalMs, timeoutMs, discoveryIntervalMs, hasMetricsEndpoint }
  const running = createCollector({ cluster, writer: store.writer, clock, log, settings }).run(
    stopping.signal,
  )
  return {
    store,
    lines,
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
      await cluster[Symbol.asyncDispose]()
    },
  }
}

/** Ticks of one member since `from`, oldest first. */
export const ticksSince = (store: ReturnType<typeof recordingStore>, memberId: string, from = 0) =>
  store.batches
    .filter(({ at }) => at >= from)
    .sort((a, b) => a.at - b.at)
    .flatMap(({ at, members }) => members.flatMap((tick) => (tick.memberId === memberId ? { at, tick } : [])))
