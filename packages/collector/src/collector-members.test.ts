import { describe, expect, it } from 'vitest'
import {
  ALPHA,
  BETA,
  GAMMA,
  recordingStore,
  START,
  startRig,
  THREE,
  ticksOf,
  valueIn,
} from './collector-rig.contract.ts'

const PAGE = [
  'etcd_server_has_leader 1',
  'etcd_mvcc_put_total 7',
  'etcd_server_version{server_version="3.4.23"} 1',
  'etcd_cluster_version{cluster_version="3.4"} 1',
  'etcd_server_go_version{server_go_version="go1.19.8"} 1\n',
].join('\n')

describe('the lease count', () => {
  const asks = (calls: readonly { method: string; member: string }[]) =>
    calls.filter(({ method }) => method === 'leaseCount').map(({ member }) => member)

  it('is asked of the first member that is up, at every tick of 30 s, and stored for all', async () => {
    const { clock, cluster, store, stop } = await startRig()
    cluster.setLeaseCount(BETA, 4)
    await clock.advance(35_000)
    cluster.setLeaseCount(BETA, 5)
    await clock.advance(60_000)
    expect(asks(cluster.calls()).slice(1)).toEqual([BETA, BETA]) // the smallest id of the three
    const counts = [...ticksOf(store.batches, GAMMA)].map(([, tick]) => valueIn(tick, 'lease_count'))
    expect(counts.slice(1)).toEqual([5, 5])
    await stop()
  })

  it('is asked at most every 30 s and stored again in between', async () => {
    const { clock, cluster, store, stop } = await startRig({ settings: { intervalMs: 1_000 } })
    await clock.advance(61_500)
    expect(asks(cluster.calls())).toHaveLength(3)
    const known = [...ticksOf(store.batches, ALPHA)].filter(([, tick]) => valueIn(tick, 'lease_count') === 0)
    expect(known).toHaveLength(61)
    await stop()
  })

  it('is a gap after a call that failed, never 0', async () => {
    const { clock, cluster, store, stop } = await startRig({ members: THREE.slice(0, 1) })
    await clock.advance(35_000)
    cluster.setDown(ALPHA, 'permission_denied')
    await clock.advance(60_000)
    const counts = [...ticksOf(store.batches, ALPHA)].map(([, tick]) => valueIn(tick, 'lease_count'))
    expect(counts).toEqual([0, 0, undefined]) // at 60 s the answer is 28.6 s old
    await stop()
  })
})

describe('members', () => {
  it('describes each with its versions and why its scrape failed, and writes only what changed', async () => {
    const { clock, cluster, store, eventsOf, stop } = await startRig({ members: THREE.slice(0, 2) })
    cluster.setPage(ALPHA, PAGE)
    cluster.setPage(BETA, PAGE)
    await clock.advance(65_000)
    const alpha = {
      memberId: ALPHA,
      name: 'alpha',
      serverVersion: '3.4.23',
      clusterVersion: '3.4',
      goVersion: 'go1.19.8',
      scrapeError: '',
    }
    expect(store.described).toHaveLength(1)
    expect(store.described[0]?.members).toContainEqual(alpha)
    cluster.setPage(ALPHA, { reason: 'grpc_only', detail: '' })
    cluster.setDown(ALPHA)
    await clock.advance(60_000)
    expect(store.described.slice(1).map(({ members }) => members)).toEqual([
      [{ ...alpha, scrapeError: expect.stringMatching(/^grpc_only: .*etcd\.metrics_endpoint$/) }],
    ])
    expect(eventsOf('scrape_failed')).toHaveLength(1)
    cluster.setUp(ALPHA)
    cluster.setPage(ALPHA, PAGE.replace('3.4.23', '3.5.9'))
    await clock.advance(60_000)
    expect(
      eventsOf('scrape_failed', 'scrape_recovered', 'version_changed').map(({ event }) => event),
    ).toEqual(['scrape_failed', 'scrape_recovered', 'version_changed'])
    expect(store.described.at(-1)?.members).toEqual([{ ...alpha, serverVersion: '3.5.9' }])
    await stop()
  })

  it('M4 takes the version from Status when the page has none', async () => {
    const { clock, cluster, store, stop } = await startRig({ members: THREE.slice(0, 1) })
    cluster.setStatus(ALPHA, { serverVersion: '3.6.16' })
    await clock.advance(35_000)
    expect(store.described[0]?.members).toMatchObject([{ serverVersion: '3.6.16', clusterVersion: '' }])
    await stop()
  })

  it('stores collector_up 0 for members of the last run that are down when it starts', async () => {
    const store = recordingStore()
    const before = await startRig({ store })
    before.cluster.setPage(ALPHA, PAGE)
    await before.clock.advance(35_000)
    await before.stop()
    store.batches.length = 0
    store.described.length = 0
    const after = await startRig({
      store,
      prepare: (cluster) => {
        for (const { id } of THREE) cluster.setDown(id)
      },
    })
    await after.clock.advance(65_000)
    const ticks = [...ticksOf(store.batches, ALPHA)]
    expect(ticks.map(([at, tick]) => [at, valueIn(tick, 'collector_up')])).toEqual([[60_000, 0]])
    expect(store.batches[0]?.clusterId).toBe('14841639068965178418')
    expect(store.described[0]?.members).toContainEqual({
      memberId: ALPHA,
      name: 'alpha',
      serverVersion: '3.4.23',
      clusterVersion: '3.4',
      goVersion: 'go1.19.8',
      scrapeError: expect.stringMatching(/^refused/),
    })
    await after.stop()
  })

  it('stores nothing before any cluster was ever seen, and the first tick after it is there', async () => {
    const { clock, cluster, store, eventsOf, stop } = await startRig({
      settings: { intervalMs: 1_000 },
      prepare: (memory) => {
        for (const { id } of THREE) memory.setDown(id)
      },
    })
    await clock.advance(10_500)
    expect(store.batches).toEqual([])
    for (const { id } of THREE) cluster.setUp(id)
    await clock.advance(1_000)
    expect(store.batches.map(({ at }) => at - START)).toEqual([11_000])
    expect(
      eventsOf('discovery_failed', 'cluster_found', 'discovery_recovered').map(({ event }) => event),
    ).toEqual(['discovery_failed', 'cluster_found', 'discovery_recovered'])
    await stop()
  })

  it('F10 follows the member list at its interval, and asks no more of a member that left', async () => {
    const { clock, cluster, store, eventsOf, stop } = await startRig({
      settings: { discoveryIntervalMs: 45_000 },
    })
    await clock.advance(35_000)
    cluster.setMembers([...THREE.slice(0, 2), { id: '77', name: 'gamma' }])
    await clock.advance(60_000)
    expect([...ticksOf(store.batches, GAMMA).keys()]).toEqual([30_000])
    expect([...ticksOf(store.batches, '77').keys()]).toEqual([60_000, 90_000])
    expect(eventsOf('members_changed').map(({ fields }) => fields)).toEqual([
      { added: ['77'], removed: [GAMMA] },
    ])
    expect(eventsOf('member_replaced').map(({ fields }) => fields)).toEqual([
      { name: 'gamma', from: GAMMA, to: '77' },
    ])
    expect(valueIn(ticksOf(store.batches, ALPHA).get(90_000), 'active_peers', '77')).toBe(0)
    await stop()
  })

  it('remembers the cluster, and writes it again only when it changed', async () => {
    const { clock, cluster, store, stop } = await startRig()
    await clock.advance(95_000)
    expect(store.written).toHaveLength(1)
    cluster.setMembers(THREE.slice(0, 2))
    await clock.advance(60_000)
    expect(store.written).toHaveLength(2)
    expect(store.memory.get('cluster')).not.toContain(GAMMA)
    await stop()
  })
})
