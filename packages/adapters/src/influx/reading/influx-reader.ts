import { checkBounds } from '@etcdmonitor/core/metrics/slots/read-bounds'
import type { Log } from '@etcdmonitor/core/ports/log'
import { LOOK_BACK, type MemberRef, type MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import type { Clock } from '@etcdmonitor/core/time'
import { watchBucket } from '../bucket-watch.ts'
import type { InfluxAccess } from '../influx-access.ts'
import { readAggregateSlots } from './aggregate-slots.ts'
import { createDirtyHints } from './dirty-hints.ts'
import { type FluxCall, openFluxRequests } from './flux-requests.ts'
import { openPipelines } from './flux-text.ts'
import { keepFor } from './kept-answer.ts'
import { memberKey, readFirsts, readMembers, readNewest } from './read-members.ts'
import { readTail } from './read-tail.ts'
import { readTickWindows } from './read-ticks.ts'
import { type Reading, readSampleSlots } from './sample-slots.ts'

export interface InfluxReaderOptions {
  readonly access: InfluxAccess
  readonly clock: Clock
  readonly log: Log
  /** Of the collector. */
  readonly intervalMs: number
  /** What the bucket ought to keep. */
  readonly retentionDays: number
  /** Windows of at most so many intervals are folded from samples alone; longer ones give the same answers by aggregates. */
  readonly sampledTicks?: number
}

/** Up to here samples are as fast as aggregates, and need nothing else (storage.md 6.7). */
const SAMPLED_TICKS = 1_500
/** Members whose newest tick is kept for a second. */
const MAX_KEPT = 1_000
const NEVER = { at: 0, until: 0 }
const SECOND = 1_000
const MINUTE = 60 * SECOND

/** The reading half over InfluxDB 2. Opens nothing: a server that is away is told by each call. */
export function openInfluxReader(options: InfluxReaderOptions): MetricsReader {
  const { access, clock, log, intervalMs, retentionDays, sampledTicks = SAMPLED_TICKS } = options
  const requests = openFluxRequests({ access, clock, log })
  const pipelines = openPipelines(access.bucket)
  const bucket = watchBucket({ access, clock, log, retentionDays, mayMake: false })
  const hints = createDirtyHints()
  const closed = new AbortController()
  const watching = bucket.run(closed.signal)

  /** What `read` gives of each member, in the order of the query; each cluster has requests of its own. */
  const eachCluster = <T extends { readonly member: MemberRef }>(
    members: readonly MemberRef[],
    signal: AbortSignal | undefined,
    read: (reading: Reading) => Promise<readonly T[]>,
  ): Promise<T[]> =>
    requests.call(signal, async (call) => {
      const found = new Map<MemberRef, T>()
      for (const [clusterId, some] of Map.groupBy(members, ({ clusterId }) => clusterId))
        for (const one of await read({ call, pipelines, clusterId, members: some }))
          found.set(one.member, one)
      return members.flatMap((member) => found.get(member) ?? [])
    })

  /** Before that nothing is stored: Unix ms; 0 when the bucket keeps everything. */
  const oldest = () => Math.max(0, bucket.keptFrom())
  const asked = (call: FluxCall) => ({ call, pipelines, now: clock.now(), oldest: oldest() })
  const firsts = keepFor(
    clock,
    ({ size }) => (size > 0 ? MINUTE : SECOND),
    (clusterId: string | undefined, call: FluxCall) => readFirsts({ ...asked(call), clusterId }),
  )
  const listed = keepFor(
    clock,
    () => SECOND,
    (clusterId: string | undefined) =>
      requests.call(undefined, async (call) =>
        readMembers({ ...asked(call), clusterId }, await firsts(clusterId, call)),
      ),
  )
  const newest = new Map<string, { readonly at: number; readonly until: number }>()
  const isKept = (member: MemberRef) => clock.monotonic() < (newest.get(memberKey(member))?.until ?? 0)

  return {
    limits: { ticks: 2_880, parts: 720_000 },
    isShared: true,
    async slots(query, { signal } = {}) {
      checkBounds(query)
      const { members, from, to, step } = query
      const isShort = (to - from) / intervalMs <= sampledTicks
      const answers = await eachCluster(members, signal, (reading) =>
        isShort ? readSampleSlots(reading, query) : readAggregateSlots(reading, query, hints),
      )
      return { from, step, slots: Math.round((to - from) / step), members: answers }
    },
    async ticks({ members, sources, from, to }, { signal } = {}) {
      checkBounds({ members, sources })
      return await eachCluster(members, signal, async (reading) => {
        const [window] = await readTickWindows(reading, [{ members: reading.members, sources, from, to }])
        return window ? reading.members.map((member) => window.read(member)) : []
      })
    },
    async tail({ members, sources, span }) {
      checkBounds({ members, sources })
      return await eachCluster(members, undefined, async (reading) =>
        readTail(reading, { sources, span, now: clock.now(), oldest: oldest() }),
      )
    },
    members: ({ clusterId } = {}) => listed(clusterId),
    horizon: ({ clusterId } = {}) =>
      requests.call(undefined, async (call) => {
        const found = await firsts(clusterId, call)
        if (found.size === 0) return undefined
        const at = Math.max(bucket.keptFrom() + LOOK_BACK, Math.min(...found.values()))
        return { ticks: at, rollups: at }
      }),
    watermark: (members) =>
      requests.call(undefined, async (call) => {
        if (newest.size > MAX_KEPT) newest.clear()
        const known = new Map(newest)
        const asking = members.filter((member) => !isKept(member))
        for (const some of Map.groupBy(asking, ({ clusterId }) => clusterId).values()) {
          const found = await readNewest(asked(call), some)
          const until = clock.monotonic() + SECOND
          for (const key of some.map(memberKey)) known.set(key, { at: found.get(key) ?? 0, until })
        }
        for (const member of asking) newest.set(memberKey(member), known.get(memberKey(member)) ?? NEVER)
        return members.map((member) => known.get(memberKey(member))?.at ?? 0).join()
      }),
    health() {
      const reading = requests.health()
      const trouble = bucket.trouble()
      if (reading.state !== 'ok' || trouble === '') return reading
      return { state: trouble === 'bucket_missing' ? 'unavailable' : 'degraded', reason: trouble }
    },
    async [Symbol.asyncDispose]() {
      requests[Symbol.dispose]()
      closed.abort()
      await watching
    },
  }
}
