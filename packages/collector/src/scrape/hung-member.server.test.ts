import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import { scrapeOffset } from '@etcdmonitor/core/metrics/scrape/scrape-offset'
import { type EtcdCluster, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { type FaultMode, startFaultProxy } from '@etcdmonitor/rig/fault-proxy'
import { watchLateness } from '@etcdmonitor/rig/lateness'
import { needServer } from '@etcdmonitor/rig/need-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordingStore, valueIn } from '../collector-rig.contract.ts'
import { startLive } from '../live-rig.contract.ts'
import { patienceOf } from './deadlines.ts'

const INTERVAL = 1_000
const TICKS = 4
/**
 * Five times what reliability.md F2 allows, beside how late this process is. All is judged by the middle of the ticks: a busy machine, which
 * spoils some, must not decide this test, and who waits for the silent one does so at every tick.
 */
const LATEST = 250

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Infinity

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

    /** Lets ticks of one silent member pass; gives back how much later than the append rule those of the others came, each tick. */
    async function delaysOfOthers(store: ReturnType<typeof timingStore>): Promise<readonly number[]> {
      const from = Date.now()
      const isDown = (batch: TickBatch) => batch.members.some((tick) => valueIn(tick, 'collector_up') === 0)
      await store.until(() =>
        store.batches.filter((one) => one.at > from && isDown(one)).length >= TICKS ? 1 : undefined,
      )
      const ids = store.batches[0]?.members.map(({ memberId }) => memberId) ?? []
      const rule =
        Math.max(...ids.map((id) => scrapeOffset(id, INTERVAL))) +
        patienceOf({ intervalMs: INTERVAL, timeoutMs: 0 })
      const first = new Map<number, (typeof store.came)[number]>()
      for (const one of store.came)
        if (one.batch.at > from && !first.has(one.batch.at)) first.set(one.batch.at, one)
      const ticks = [...first.values()]
      const up = ticks.map(
        ({ batch }) => batch.members.filter((tick) => valueIn(tick, 'collector_up') === 1).length,
      )
      expect(median(up)).toBe(2)
      const instants = ticks.map(({ batch }) => batch.at)
      expect(median(instants.slice(1).map((at, i) => at - (instants[i] ?? 0)))).toBe(INTERVAL) // none is missing
      return ticks.map(({ after }) => after - rule)
    }

    it('F2 delays the others by no more than the append rule when it is stopped', async () => {
      const store = timingStore()
      await using _ = startLive({ endpoints: cluster.endpoints, intervalMs: INTERVAL, timeoutMs: 0, store })
      await store.until(() => store.batches.find(({ members }) => members.length === 3))
      for (const victim of cluster.members.slice(0, 2)) {
        victim.hang()
        using late = watchLateness()
        const delays = await delaysOfOthers(store)
        expect(median(delays)).toBeLessThan(LATEST + late.most())
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
        ...{ intervalMs: INTERVAL, timeoutMs: 0, store },
      })
      await store.until(() => store.batches.find(({ members }) => members.length === 3))
      await proxy.set(mode)
      await proxy.set({ mode: 'resetAfter', bytes: 0 }) // what is open ends, what follows takes the mode
      await proxy.set(mode)
      using late = watchLateness()
      const delays = await delaysOfOthers(store)
      expect(median(delays)).toBeLessThan(LATEST + late.most())
    })
  })
})
