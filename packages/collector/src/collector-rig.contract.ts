import { type MemoryMember, memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import type { AppError } from '@etcdmonitor/core/errors'
import type { MemberTick, TickBatch } from '@etcdmonitor/core/metrics/sample'
import type { EtcdCluster } from '@etcdmonitor/core/ports/etcd-cluster'
import type { Log, LogFields } from '@etcdmonitor/core/ports/log'
import type { MemberInfo, MetricsWriter } from '@etcdmonitor/core/ports/metrics-store'
import { createCollector } from './collector.ts'
import type { CollectorSettings } from './deps.ts'
import { writeFamilies } from './self/meter.ts'

/** A tick of a 30 s and of a 1 s grid. */
export const START = 1_789_999_980_000
export const ALPHA = '10276657743932975437'
export const BETA = '6460912315094810421'
export const GAMMA = '10530404295500278962'
/** Offsets of the three at 30 s: 1,388, 1,714 and 126 ms (metrics.md 2.2). */
export const THREE: readonly MemoryMember[] = [
  { id: ALPHA, name: 'alpha' },
  { id: BETA, name: 'beta' },
  { id: GAMMA, name: 'gamma' },
]
const HALF_MINUTE: CollectorSettings = {
  intervalMs: 30_000,
  timeoutMs: 0,
  discoveryIntervalMs: 60_000,
}

export interface LogLine {
  readonly level: string
  readonly event: string
  readonly fields: LogFields
}

export function recordingLog(): { readonly log: Log; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = []
  const write =
    (level: string) =>
    (event: string, fields: LogFields = {}) =>
      void lines.push({ level, event, fields })
  const log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  return { log, lines }
}

/** A MetricsWriter that keeps what it is given, holds ticks as the port says, and fails or takes its time on demand. */
export function recordingStore() {
  const batches: TickBatch[] = []
  const described: { readonly clusterId: string; readonly members: readonly MemberInfo[] }[] = []
  const memory = new Map<string, string>()
  const written: string[] = []
  const newest = new Map<string, number>()
  const waiting = new Set<() => void>()
  const state: { failure?: AppError | undefined; wait?: (() => Promise<void>) | undefined } = {}
  let running = 0

  async function alone<T>(work: () => T): Promise<T> {
    if (running++ > 0) throw new Error('two calls overlap')
    await state.wait?.()
    running--
    if (state.failure) throw state.failure
    return work()
  }

  const writer: MetricsWriter = {
    append: (batch) =>
      alone(() => {
        const isLate = ({ memberId }: MemberTick) => batch.at > (newest.get(memberId) ?? 0)
        const members = batch.members.filter(isLate)
        for (const { memberId } of members) newest.set(memberId, batch.at)
        if (members.length > 0) batches.push({ ...batch, members })
        for (const look of waiting) look()
        const held = batch.members.filter((tick) => !members.includes(tick)).map(({ memberId }) => memberId)
        return { stored: members.length, held, dropped: { not_finite: 0, series_limit: 0 } }
      }),
    describe: (clusterId, members) => alone(() => void described.push({ clusterId, members })),
    maintain: async () => ({ more: false }),
    recall: (key) => alone(() => memory.get(key)),
    remember: (key, text) =>
      alone(() => {
        written.push(text)
        memory.set(key, text)
      }),
    health: () => ({ state: 'ok', reason: '' }),
    async [Symbol.asyncDispose]() {},
  }
  /** Resolves with what `find` finds after an append; the test's own limit ends a wait in vain. */
  const until = <T>(find: () => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const look = () => {
        const found = find()
        if (found === undefined) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
    })
  return { writer, batches, described, memory, written, state, until }
}

export interface RigOptions {
  readonly members?: readonly MemoryMember[]
  readonly settings?: Partial<CollectorSettings>
  readonly store?: ReturnType<typeof recordingStore>
  /** Before the collector starts. */
  readonly prepare?: (cluster: ReturnType<typeof memoryEtcdCluster>) => void
}

/** A clock that stands still with its process: both times go on, and no timer fires. */
export function standingClock(now: number) {
  const base = manualClock(now)
  let stood = 0
  return {
    ...base,
    now: () => base.now() + stood,
    monotonic: () => base.monotonic() + stood,
    standStill(ms: number) {
      stood += ms
    },
  }
}

/** A collector that runs from `START` on over a cluster of memory, by a clock that the test moves. */
export async function startRig({
  members = THREE,
  settings,
  store = recordingStore(),
  prepare,
}: RigOptions = {}) {
  const clock = standingClock(START)
  const memory = memoryEtcdCluster({ clock, members })
  prepare?.(memory)
  const asked: { readonly member: string; readonly after: number }[] = []
  const cluster: EtcdCluster = {
    ...memory,
    metricsPage(member, options) {
      asked.push({ member, after: clock.now() - START })
      return memory.metricsPage(member, options)
    },
  }
  const { log, lines } = recordingLog()
  const stopping = new AbortController()
  const collector = createCollector({
    cluster,
    writer: store.writer,
    clock,
    log,
    settings: { ...HALF_MINUTE, ...settings },
  })
  const running = collector.run(stopping.signal)
  await clock.settle()
  return {
    clock,
    cluster: memory,
    store,
    meters: () => writeFamilies(collector.meters()),
    lines,
    /** When pages were asked for, in ms after the start. */
    asked,
    eventsOf: (...names: readonly string[]) => lines.filter(({ event }) => names.includes(event)),
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

/** The value of a series, by source and label values, in a member's tick. */
export function valueIn(
  tick: MemberTick | undefined,
  source: string,
  ...labels: string[]
): number | undefined {
  return tick?.scalars.find(
    (sample) => sample.source === source && Object.values(sample.labels).join() === labels.join(),
  )?.value
}

/** What was stored of a member, by ms after the start. */
export const ticksOf = (batches: readonly TickBatch[], member: string): ReadonlyMap<number, MemberTick> =>
  new Map(
    batches.flatMap(({ at, members }) =>
      members.flatMap((tick) => (tick.memberId === member ? [[at - START, tick] as const] : [])),
    ),
  )
