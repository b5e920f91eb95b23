import { SOURCES } from '@etcdmonitor/core/metrics/sources'
import { type EtcdCluster, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { httpCall } from '@etcdmonitor/rig/http-call'
import { needServer } from '@etcdmonitor/rig/need-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordingStore, valueIn } from './collector-rig.contract.ts'
import { startLive, ticksSince } from './live-rig.contract.ts'

/** Marked as rare in metrics.md 1.2, of a later version, or (round trips of peers) first measured after 30 s. */
const RARE = new Set([
  'peer_rtt',
  ...['apply_duration', 'range_duration', 'wal_write', 'grpc_handling', 'gomaxprocs'],
  ...['scrape_clock_error_seconds', 'defrag_inflight'],
])
const INTERVAL = 500

const base64 = (text: string) => Buffer.from(text).toString('base64')

async function put(url: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const { status } = await httpCall({
      url: `${url}/v3/kv/put`,
      json: { key: base64(`collector/${i}`), value: base64(`value ${i}`) },
    })
    expect(status).toBe(200)
  }
}

/** Ids of the members that gave a good page, once all three have. */
const membersOf = (store: ReturnType<typeof recordingStore>) =>
  store.until(() => {
    const ids = store.batches.flatMap(({ members }) =>
      members.filter((tick) => valueIn(tick, 'collector_up') === 1).map(({ memberId }) => memberId),
    )
    return new Set(ids).size === 3 ? [...new Set(ids)] : undefined
  })

needServer('etcd', () => {
  describe.each(etcdVersions())('etcd $version', (etcd) => {
    it.skipIf('missing' in etcd)('M4 stores every source of three members', async () => {
      await using cluster = await startEtcdCluster({
        members: 3,
        ...('path' in etcd && { binary: etcd.path }),
      })
      await put(cluster.endpoints[0] ?? '', 20)
      await using live = startLive({ endpoints: cluster.endpoints, intervalMs: INTERVAL })
      for (const id of await membersOf(live.store)) {
        const missing = () => {
          const ticks = ticksSince(live.store, id).map(({ tick }) => [...tick.scalars, ...tick.histograms])
          const present = new Set(ticks.flat().map(({ source }) => source))
          return SOURCES.filter((entry) => !present.has(entry.id) && !RARE.has(entry.id)).map(({ id }) => id)
        }
        await expect.poll(missing).toEqual([])
      }
    })
  })

  describe('a cluster with faults', () => {
    let cluster: EtcdCluster
    beforeAll(async () => {
      cluster = await startEtcdCluster({ members: 3 })
    })
    afterAll(() => cluster.dispose())

    it('counts exactly the puts that were made between two ticks', async () => {
      await using live = startLive({ endpoints: cluster.endpoints, intervalMs: INTERVAL })
      const { store } = live
      const [id = ''] = await membersOf(store)
      const valueAfter = (from: number) =>
        store.until(
          () => ticksSince(store, id, from).flatMap(({ tick }) => valueIn(tick, 'put') ?? [])[1], // a busy machine fails a scrape
        )
      const before = await valueAfter(Date.now())
      await put(cluster.endpoints[0] ?? '', 37)
      expect((await valueAfter(Date.now())) - before).toBe(37)
    })

    it('F2 F1 stores collector_up 0 of a member that hangs and of one that is dead, and misses no tick of the others', async () => {
      await using live = startLive({ endpoints: cluster.endpoints, intervalMs: INTERVAL })
      const { store } = live
      const ids = await membersOf(store)
      const victim = cluster.members[1]
      const down = await store.until(
        () =>
          store.described.flatMap(({ members }) => members).find(({ name }) => name === victim?.name)
            ?.memberId,
      )
      const others = ids.filter((id) => id !== down)
      expect(others).toHaveLength(2)
      const instantsOf = (id: string, from: number, up: 0 | 1, source = 'collector_up') =>
        ticksSince(store, id, from).flatMap(({ at, tick }) => (valueIn(tick, source) === up ? at : []))
      for (const fault of ['hang', 'kill'] as const) {
        const from = Date.now()
        await victim?.[fault]()
        // a busy machine fails a scrape of the others, too, in some ticks
        const at = await store.until(() => {
          const silent = instantsOf(down, from, 0, 'status_up')
          return instantsOf(down, from, 0).find(
            (one) => silent.includes(one) && others.every((id) => instantsOf(id, from, 1).includes(one)),
          )
        })
        if (fault === 'hang') victim?.resume()
        else await victim?.restart()
        await store.until(() => instantsOf(down, at + 1, 1)[0])
      }
    })

    it('P3 starts without etcd and stores the first tick after it is back', async () => {
      const store = recordingStore()
      await using lonely = await startEtcdCluster({ members: 1 })
      await lonely.members[0]?.kill()
      await using live = startLive({ endpoints: lonely.endpoints, intervalMs: INTERVAL, store })
      await lonely.members[0]?.restart()
      const first = await store.until(() => store.batches[0])
      expect(first.members).toHaveLength(1)
      expect(live.lines.some(({ event }) => event === 'tick_failed')).toBe(false)
    })
  })
})
