import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import { scrapeOffset } from '@etcdmonitor/core/metrics/scrape/scrape-offset'
import { type EtcdCluster, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { type FaultMode, startFaultProxy } from '@etcdmonitor/rig/fault-proxy'
import { needServer } from '@etcdmonitor/rig/need-server'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { recordingStore, valueIn } from '../collector-rig.contract.ts'
import { startLive } from '../live-rig.contract.ts'
import { patienceOf } from './deadlines.ts'

const INTERVAL = 1_000
const TICKS = 4
/** Five times what reliability.md F2 allows: a busy machine must not decide this test. */
const LATEST = 250
/** Users may set it: a third of so short an interval is little on a busy machine, and does not tell who waits for the silent one from who does not. */
const TIMEOUT = 800

/** A store that knows how long after their tick its batches came, in ms. */
function timingStore() {
  const store = recordingStore()
  const came: { readonly batch: TickBatch; readonly after: number }[] = []
  const writer = {
    ...store.writer,
    append(batch: TickBatch) {
      came.push({ batch, after: Date.now() - batch.at })
      return store.writer.append(batch)
    },
  }
  return { ...store, writer, came }
}

needServer('etcd', () => {
  describe('a member that does not answer', () => {
    let cluster: EtcdCluster
    beforeAll(async () => {
      cluster = await startEtcdCluster({ members: 3 })
    })
    afterAll(() => cluster.dispose())

    /**
     * Waits for ticks of which one member is silent, while both others came no later than the append rule lets them, two of them in a row. A
     * busy machine spoils some; who waits for the silent one spoils all.
     */
    async function untilOthersCame(store: ReturnType<typeof timingStore>): Promise<void> {
      const from = Date.now()
      const upOf = ({ members }: TickBatch, up: number) =>
        members.filter((tick) => valueIn(tick, 'collector_up') === up).length
      const ids = store.batches[0]?.members.map(({ memberId }) => memberId) ?? []
      const rule =
        Math.max(...ids.map((id) => scrapeOffset(id, INTERVAL))) +
        patienceOf({ intervalMs: INTERVAL, timeoutMs: TIMEOUT })
      await store.until(() => {
        const since = store.came.filter(({ batch }) => batch.at > from)
        const silent = new Set(since.filter(({ batch }) => upOf(batch, 0) > 0).map(({ batch }) => batch.at))
        const inTime = since.filter(({ batch, after }) => upOf(batch, 1) === 2 && after - rule < LATEST)
        const good = new Set(inTime.map(({ batch }) => batch.at).filter((at) => silent.has(at)))
        const isInRow = [...good].some((at) => good.has(at + INTERVAL))
        return good.size >= TICKS && isInRow ? good : undefined
      })
    }

    it('F2 delays the others by no more than the append rule when it is stopped', async () => {
      const store = timingStore()
      await using _ = startLive({
        endpoints: cluster.endpoints,
        intervalMs: INTERVAL,
        timeoutMs: TIMEOUT,
        store,
      })
      await store.until(() => store.batches.find(({ members }) => members.length === 3))
      for (const victim of cluster.members.slice(0, 2)) {
        victim.hang()
        await untilOthersCame(store)
        victim.resume()
        const from = Date.now()
        await store.until(() =>
          store.batches.find(
            ({ at, members }) =>
              at >= from && members.filter((tick) => valueIn(tick, 'collector_up') === 1).length === 3,
          ),
        )
      }
    })

    it.each<FaultMode>([
      { mode: 'blackhole' },
      { mode: 'stall' },
      { mode: 'rate', bytesPerSecond: 1_000, direction: 'down' },
    ])('F2 F6 nor when what lies before it does: $mode', async (mode) => {
      await using proxy = await startFaultProxy(cluster.endpoints[2] ?? '')
      const store = timingStore()
      const endpoints = [...cluster.endpoints.slice(0, 2), proxy.url]
      await using _ = startLive({
        ...{ endpoints, metricsEndpoint: endpoints },
        ...{ intervalMs: INTERVAL, timeoutMs: TIMEOUT, store },
      })
      await store.until(() => store.batches.find(({ members }) => members.length === 3))
      await proxy.set(mode)
      await proxy.set({ mode: 'resetAfter', bytes: 0 }) // what is open ends, what follows takes the mode
      await proxy.set(mode)
      await untilOthersCame(store)
    })
  })
})
