import { memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { AppError } from '@etcdmonitor/core/errors'
import { coveredSeconds, increaseOf } from '@etcdmonitor/core/metrics/slots/delta-rules'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createCollector } from './collector.ts'
import {
  ALPHA,
  recordingLog,
  recordingStore,
  START,
  standingClock,
  THREE,
  ticksOf,
  valueIn,
} from './collector-rig.contract.ts'

const INTERVAL = 30_000
const SETTINGS = { intervalMs: INTERVAL, timeoutMs: 0, discoveryIntervalMs: 60_000 }
/** Of the counter, per second. */
const RATE = 1_000
/** What metrics.md 1.4 takes for jitter, and a little for the offset of a request. */
const TOLERANCE = 0.053
const LONGEST = 3_600
/** Seconds after its tick at which a request may begin: half an interval, and its offset. */
const LATEST = 17
/** At the first tick after a restart that had to hold ticks. */
const UNKNOWN = 1_000_000_000
const RUNS = process.env.TEST_SUITE === 'full' ? 300 : 20

const MINUTES = 60_000
const events = fc.array(
  fc.record({
    /** ms that pass before it. */
    after: fc.integer({ min: 1_000, max: 12 * MINUTES }),
    what: fc.oneof(
      fc.record({
        kind: fc.constant('step' as const),
        ms: fc.constantFrom(10_000, -10_000, 60 * MINUTES, -30 * MINUTES, -120 * MINUTES),
      }),
      fc.record({ kind: fc.constant('stall' as const), ms: fc.constantFrom(2_000, 17_000, 95_000) }),
      fc.record({ kind: fc.constantFrom('page' as const, 'append' as const, 'restart' as const) }),
    ),
  }),
  { minLength: 1, maxLength: 12 },
)

/** A collector, its member and its store, to which things happen. The member counts by true time, which nobody steps. */
async function openWorld() {
  const clock = standingClock(START)
  const store = recordingStore()
  const { log } = recordingLog()
  const members = THREE.slice(0, 1)
  const start = () => {
    const memory = memoryEtcdCluster({ clock, members })
    const cluster = {
      ...memory,
      async metricsPage(...call: Parameters<typeof memory.metricsPage>) {
        const count = Math.floor((clock.monotonic() * RATE) / 1_000)
        if (!fails) memory.setPage(ALPHA, `etcd_server_has_leader 1\netcd_mvcc_put_total ${count}\n`)
        return memory.metricsPage(...call)
      },
    }
    let fails = false
    const stopping = new AbortController()
    const running = createCollector({ cluster, writer: store.writer, clock, log, settings: SETTINGS }).run(
      stopping.signal,
    )
    return {
      fail(is: boolean) {
        fails = is
        if (is) memory.setPage(ALPHA, { reason: 'timeout', detail: '' })
      },
      async stop() {
        stopping.abort()
        await running
      },
    }
  }
  let life = start()
  return {
    store,
    pass: clock.advance,
    step: clock.step,
    stall: clock.standStill,
    failPage: (is: boolean) => life.fail(is),
    failAppend(is: boolean) {
      store.state.failure = is ? new AppError('storage_unavailable', 'away') : undefined
    },
    async restart() {
      await life.stop()
      life = start()
    },
    stop: () => life.stop(),
  }
}

/** What the store has of the member as the folds read it. */
function readTicks(store: ReturnType<typeof recordingStore>) {
  const ticks = [...ticksOf(store.batches, ALPHA)]
  const column = (source: string) =>
    Float64Array.from(ticks, ([, tick]) => valueIn(tick, source) ?? Number.NaN)
  return {
    times: Float64Array.from(ticks, ([at]) => at),
    clockError: column('scrape_clock_error_seconds'),
    intervalSeconds: column('scrape_interval_seconds'),
    values: column('put'),
  }
}

it('F22 has every rate right whatever clocks, process, page and store do', async () => {
  await fc.assert(
    fc.asyncProperty(events, async (happenings) => {
      const world = await openWorld()
      await world.pass(65_000)
      for (const { after, what } of happenings) {
        await world.pass(after)
        if (what.kind === 'step') world.step(what.ms)
        else if (what.kind === 'stall') world.stall(what.ms)
        else if (what.kind === 'restart') {
          await world.restart()
          await world.pass(45_000) // a step before its first tick cannot be told from one that set a wrong clock right
        } else {
          const fail = what.kind === 'page' ? world.failPage : world.failAppend
          fail(true)
          await world.pass(45_000)
          fail(false)
        }
      }
      await world.pass(125 * MINUTES) // so that what was held after a step back is stored again
      await world.stop()

      const { values, ...ticks } = readTicks(world.store)
      const member = { clusterId: '1', memberId: ALPHA }
      const covered = coveredSeconds({
        ...ticks,
        member,
        first: 0,
        raftPosition: new Float64Array(),
        series: [],
      })
      const good = [...values.keys()].filter((i) => !Number.isNaN(values[i]))
      expect(good.length).toBeGreaterThan(1)
      for (const [n, i1] of good.entries()) {
        const i0 = good[n - 1]
        if (i0 === undefined) continue
        const truth = ((values[i1] ?? 0) - (values[i0] ?? 0)) / RATE
        const seconds = covered(i0, i1)
        const distance = ((ticks.times[i1] ?? 0) - (ticks.times[i0] ?? 0)) / 1_000
        if (ticks.clockError[i1] === UNKNOWN) expect(seconds).toBeUndefined()
        else if (seconds === undefined)
          expect(Math.max(truth * (1 + TOLERANCE), distance)).toBeGreaterThan(LONGEST)
        else {
          const increase = increaseOf(values[i0] ?? 0, values[i1] ?? 0, undefined) ?? 0
          // a new process does not know how late in its tick the last request of the old one was
          const unknown = ticks.clockError.slice(i0 + 1, i1 + 1).some(Number.isNaN) ? LATEST : 0
          expect(Math.abs(increase / RATE - seconds)).toBeLessThanOrEqual(TOLERANCE * seconds + unknown)
        }
      }
    }),
    { numRuns: RUNS },
  )
}, 600_000)
