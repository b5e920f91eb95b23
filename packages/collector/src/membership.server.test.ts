import { type EtcdCluster, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { addMember, promoteMember, removeMember } from '@etcdmonitor/rig/etcd-membership'
import { httpCall } from '@etcdmonitor/rig/http-call'
import { needServer } from '@etcdmonitor/rig/need-server'
import { describe, expect, it } from 'vitest'
import { type recordingStore, valueIn } from './collector-rig.contract.ts'
import { startLive, ticksSince } from './live-rig.contract.ts'

const INTERVAL = 500
type Store = ReturnType<typeof recordingStore>

const startOn = ({ endpoints }: Pick<EtcdCluster, 'endpoints'>) =>
  startLive({ endpoints, intervalMs: INTERVAL, discoveryIntervalMs: 1_000 })

/** The first tick of a member from `from` on that says so. */
const untilTick = (store: Store, id: string, source: string, wanted: number, from = 0) =>
  store.until(() => ticksSince(store, id, from).find(({ tick }) => valueIn(tick, source) === wanted))

/** Ids by name, once `count` members are described. */
const idsByName = (store: Store, count: number) =>
  store.until(() => {
    const infos = store.described.flatMap(({ members }) => members)
    const found = new Map(
      infos.filter(({ name }) => name !== '').map(({ name, memberId }) => [name, memberId]),
    )
    return found.size === count ? found : undefined
  })

needServer('etcd', () => {
  describe('members that change while they are collected', () => {
    it('F10 keeps a member that was replaced behind the same URL apart from the old one', async () => {
      await using cluster = await startEtcdCluster({ members: 3 })
      await using live = startOn(cluster)
      const { store } = live
      const ids = await idsByName(store, 3)
      const old = ids.get('etcd-2') ?? ''
      await untilTick(store, old, 'collector_up', 1)
      const [first, , victim] = cluster.members
      await victim?.kill()
      const left = Date.now()
      await removeMember(first?.url ?? '', old)
      await using joining = await addMember(cluster, {
        name: 'etcd-2',
        ...(victim && { instead: { url: victim.url, peerUrl: victim.peerUrl } }),
      })
      expect(joining.id).not.toBe(old)
      await joining.start()
      const up = await untilTick(store, joining.id, 'collector_up', 1)
      const late = await untilTick(store, joining.id, 'collector_up', 1, up.at + 1)
      const after = ticksSince(store, old, left).map(({ at, tick }) => ({
        at,
        up: valueIn(tick, 'collector_up'),
      }))
      expect(after.filter((tick) => tick.up === 1)).toEqual([])
      expect(after.filter(({ at }) => at >= up.at)).toEqual([])
      expect(late.at).toBeGreaterThan(up.at)
      expect(
        live.lines.filter(({ event }) => event === 'members_changed').map(({ fields }) => fields),
      ).toEqual(expect.arrayContaining([expect.objectContaining({ removed: expect.arrayContaining([old]) })]))
      // it may be scraped at the address of the old one before the list has its name
      await expect
        .poll(() => live.lines.filter(({ event }) => event === 'member_replaced').map(({ fields }) => fields))
        .toEqual([{ name: 'etcd-2', from: old, to: joining.id }])
      expect(live.lines.filter(({ event }) => event === 'tick_failed')).toEqual([])
    })

    it('F12 asks a learner when it has started, and follows it when it is promoted', async () => {
      await using cluster = await startEtcdCluster({ members: 1 })
      await using live = startOn(cluster)
      const { store } = live
      const ids = await idsByName(store, 1)
      await using joining = await addMember(cluster, { name: 'late', isLearner: true })
      const alone = ids.get('etcd-0') ?? ''
      // it is listed by now, and has no address to be asked at
      await untilTick(store, alone, 'collector_up', 1, Date.now() + 2_000)
      expect(ticksSince(store, joining.id)).toEqual([])
      await joining.start()
      const learner = await untilTick(store, joining.id, 'is_learner', 1)
      expect(valueIn(learner.tick, 'status_up')).toBe(1)
      await promoteMember(cluster.endpoints[0] ?? '', joining.id)
      await store.until(() => {
        const voter = ticksSince(store, joining.id).filter(({ tick }) => valueIn(tick, 'is_learner') === 0)
        return voter.find(({ tick }) => valueIn(tick, 'collector_up') === 1)
      })
    })

    it('F10 keeps the series of a member that was renamed, and describes it anew', async () => {
      await using cluster = await startEtcdCluster({ members: 3 })
      await using live = startOn(cluster)
      const { store } = live
      const ids = await idsByName(store, 3)
      const id = ids.get('etcd-1') ?? ''
      await cluster.members[1]?.restart('renamed')
      const renamed = await store.until(() =>
        store.described.flatMap(({ members }) => members).find(({ name }) => name === 'renamed'),
      )
      expect(renamed.memberId).toBe(id)
      await untilTick(store, id, 'collector_up', 1, Date.now())
      expect(
        new Set(store.batches.flatMap(({ members }) => members.map(({ memberId }) => memberId))).size,
      ).toBe(3)
    })

    it('F11 takes over a cluster that was made anew on the same ports, and mixes nothing', async () => {
      const old = await startEtcdCluster({ members: 3 })
      await using live = startOn(old)
      const { store } = live
      const before = await idsByName(store, 3)
      const clusterId = store.batches[0]?.clusterId
      await old.dispose()
      const left = Date.now()
      await using _ = await startEtcdCluster({ members: 3, ports: old.ports, token: 'another' })
      const first = await store.until(() => store.batches.find((batch) => batch.clusterId !== clusterId))
      const ids = first.members.map(({ memberId }) => memberId)
      for (const id of ids) {
        expect([...before.values()]).not.toContain(id)
        await untilTick(store, id, 'collector_up', 1)
      }
      const ticksOfOld = store.batches.filter((batch) => batch.clusterId === clusterId && batch.at > left)
      const upOf = ticksOfOld.flatMap(({ members }) => members.map((tick) => valueIn(tick, 'collector_up')))
      expect(upOf.filter((up) => up !== 0)).toEqual([])
      expect(
        live.lines.filter(({ event }) => event === 'cluster_changed').map(({ fields }) => fields),
      ).toEqual([{ from: clusterId, to: first.clusterId }])
    })

    it('F59 M1 tells that a cluster was wiped and started with the same flags, and stores on under the same ids', async () => {
      const old = await startEtcdCluster({ members: 3 })
      const key = Buffer.from('reset').toString('base64')
      for (let i = 0; i < 50; i++)
        await httpCall({ url: `${old.endpoints[0]}/v3/kv/put`, json: { key, value: key } })
      await using live = startOn(old)
      const { store } = live
      const before = await idsByName(store, 3)
      const ids = [...before.values()]
      await Promise.all(ids.map((id) => untilTick(store, id, 'collector_up', 1)))
      await old.dispose()
      await using _ = await startEtcdCluster({ members: 3, ports: old.ports })
      const from = Date.now()
      const resets = () => live.lines.filter(({ event }) => event === 'data_reset')
      await store.until(() => (resets().length > 0 ? true : undefined))
      // a tick may have been under way when the new cluster was healthy, and two must see it
      const isWhole = (batch: Store['batches'][number]) =>
        batch.members.filter((tick) => valueIn(tick, 'status_up') === 1).length === 3
      expect(store.batches.filter((batch) => batch.at > from && isWhole(batch)).length).toBeLessThanOrEqual(3)
      expect(resets()[0]?.fields).toMatchObject({
        cluster_id: store.batches[0]?.clusterId,
        revision_after: '1',
      })
      const late = await Promise.all(ids.map((id) => untilTick(store, id, 'collector_up', 1, Date.now())))
      expect(late).toHaveLength(3)
      expect(new Set(store.batches.map(({ clusterId }) => clusterId)).size).toBe(1)
      expect(resets()).toHaveLength(1)
    })
  })
})
