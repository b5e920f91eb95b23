import { AppError } from '@etcdmonitor/core/errors'
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

describe('ticks', () => {
  it('stores every member at every multiple of the interval, in one append', async () => {
    const { clock, store, stop } = await startRig()
    await clock.advance(65_000)
    expect(store.batches.map(({ at }) => at - START)).toEqual([30_000, 60_000])
    const tick = ticksOf(store.batches, ALPHA).get(60_000)
    expect(valueIn(tick, 'collector_up')).toBe(1)
    expect(valueIn(tick, 'status_up')).toBe(1)
    expect(valueIn(tick, 'has_leader')).toBe(1)
    expect(valueIn(tick, 'raft_index')).toBe(8)
    expect(valueIn(tick, 'peer_sent_failures', BETA)).toBe(0)
    expect(valueIn(tick, 'peer_sent_failures', ALPHA)).toBeUndefined()
    expect(valueIn(tick, 'scrape_interval_seconds')).toBe(30)
    expect(store.batches[0]?.members.map(({ memberId }) => memberId)).toEqual(
      expect.arrayContaining([ALPHA, BETA, GAMMA]),
    )
    await stop()
  })

  it('asks each member at its own offset', async () => {
    const { clock, asked, stop } = await startRig()
    await clock.advance(65_000)
    expect(asked.filter(({ member }) => member === ALPHA).map(({ after }) => after)).toEqual([31_388, 61_388])
    expect(asked.filter(({ member }) => member === BETA).map(({ after }) => after)).toEqual([31_714, 61_714])
    expect(asked.filter(({ member }) => member === GAMMA).map(({ after }) => after)).toEqual([30_126, 60_126])
    await stop()
  })

  it('F2 stores what came in time 1 s after the last offset, and the rest of the tick when it has come', async () => {
    const { clock, cluster, store, stop } = await startRig()
    await clock.advance(20_000)
    cluster.setDelay(BETA, 5_000)
    await clock.advance(12_713) // 1 ms before 30 s + 1,714 ms + 1 s
    expect(store.batches).toEqual([])
    await clock.advance(1)
    expect(store.batches.map(({ members }) => members.length)).toEqual([2])
    await clock.advance(5_000)
    expect(store.batches.map(({ at, members }) => [at - START, members.length])).toEqual([
      [30_000, 2],
      [30_000, 1],
    ])
    const late = ticksOf(store.batches, BETA).get(30_000)
    expect(valueIn(late, 'collector_up')).toBe(1)
    expect(valueIn(late, 'scrape_duration_seconds')).toBe(5)
    await stop()
  })

  it('F6 ends a member that never answers at its deadlines and asks it no second time meanwhile', async () => {
    const { clock, cluster, store, asked, stop } = await startRig({ settings: { timeoutMs: 30_000 } })
    await clock.advance(20_000)
    cluster.setDelay(BETA, Infinity)
    await clock.advance(100_000)
    const ticks = [...ticksOf(store.batches, BETA)]
    expect(ticks.map(([at]) => at)).toEqual([30_000, 60_000, 90_000])
    for (const [, tick] of ticks) {
      expect(valueIn(tick, 'collector_up')).toBe(0)
      expect(valueIn(tick, 'status_up')).toBe(0)
      expect(valueIn(tick, 'scrape_duration_seconds')).toBeCloseTo(27.786, 6)
      expect(valueIn(tick, 'status_duration_seconds')).toBe(5)
    }
    expect(asked.filter(({ member }) => member === BETA)).toHaveLength(3)
    await stop()
  })

  it('skips the ticks that a slow store ran over, and tells how many', async () => {
    const { clock, store, eventsOf, stop } = await startRig({ settings: { intervalMs: 1_000 } })
    await clock.advance(900)
    const never = new AbortController().signal
    store.state.wait = async () => {
      store.state.wait = undefined
      await clock.sleep(3_300, never)
    }
    await clock.advance(7_000)
    expect(store.batches.map(({ at }) => at - START)).toEqual([1_000, 5_000, 6_000, 7_000])
    expect(eventsOf('ticks_skipped').map(({ fields }) => fields)).toEqual([{ count: 3 }])
    await stop()
  })

  it('F8 stores nothing of a page that fails, and what Status gave', async () => {
    const { clock, cluster, store, stop } = await startRig()
    cluster.setPage(ALPHA, `${PAGE}etcd_mvcc_txn_total oops\n`)
    await clock.advance(35_000)
    const tick = ticksOf(store.batches, ALPHA).get(30_000)
    expect(valueIn(tick, 'collector_up')).toBe(0)
    expect(valueIn(tick, 'put')).toBeUndefined()
    expect(valueIn(tick, 'db_total')).toBe(20_480)
    expect(valueIn(ticksOf(store.batches, BETA).get(30_000), 'collector_up')).toBe(1)
    await stop()
  })

  it('takes a Status that names another member for none', async () => {
    const { clock, cluster, store, stop } = await startRig()
    await clock.advance(1_000)
    cluster.setStatus(ALPHA, { memberId: '5' })
    await clock.advance(34_000)
    const tick = ticksOf(store.batches, ALPHA).get(30_000)
    expect(valueIn(tick, 'status_up')).toBe(0)
    expect(valueIn(tick, 'raft_index')).toBeUndefined()
    await stop()
  })

  it('says after the append what was made durable', async () => {
    const { clock, store, eventsOf, stop } = await startRig({ members: THREE.slice(0, 1) })
    store.state.failure = new AppError('storage_unavailable', 'the disk is full')
    await clock.advance(35_000)
    expect(eventsOf('scrape_committed')).toEqual([])
    store.state.failure = undefined
    await clock.advance(30_000)
    expect(eventsOf('scrape_committed').map(({ level, fields }) => [level, fields])).toEqual([
      [
        'debug',
        { member_id: ALPHA, at: START + 60_000, samples: store.batches[0]?.members[0]?.scalars.length },
      ],
    ])
    await stop()
  })
})

describe('the wall clock', () => {
  const second = { intervalMs: 1_000, timeoutMs: 0, discoveryIntervalMs: 60_000 }
  const errorsOf = (batches: Parameters<typeof ticksOf>[0]) =>
    [...ticksOf(batches, ALPHA)].map(([at, tick]) => [at, valueIn(tick, 'scrape_clock_error_seconds')])

  it('F22 has no clock error at the first tick, then 0', async () => {
    const { clock, store, stop } = await startRig({ settings: second })
    await clock.advance(3_900)
    expect(errorsOf(store.batches)).toEqual([
      [1_000, undefined],
      [2_000, 0],
      [3_000, 0],
    ])
    await stop()
  })

  it('F22 holds ticks after a step back, counts them, and measures the time between the stored ones', async () => {
    const { clock, store, eventsOf, stop } = await startRig({ settings: second })
    await clock.advance(3_500)
    clock.step(-10_000)
    await clock.advance(12_000) // wall clock: 5,500
    expect(errorsOf(store.batches).slice(3)).toEqual([
      [4_000, 10],
      [5_000, 0],
    ])
    expect(eventsOf('clock_step').map(({ fields }) => fields)).toEqual([
      { by_ms: -10_000, held_until: new Date(START + 3_000).toISOString() },
    ])
    expect(eventsOf('samples_dropped').map(({ fields }) => Object.keys(fields))).toEqual([['held_clock']])
    await stop()
  })

  it('F22 goes on after a step forward with a gap and no skipped hour', async () => {
    const { clock, store, eventsOf, stop } = await startRig({ settings: second })
    await clock.advance(3_500)
    clock.step(3_600_000)
    await clock.advance(3_000)
    expect(errorsOf(store.batches).slice(3)).toEqual([
      [3_605_000, -3_600],
      [3_606_000, 0],
    ])
    expect(eventsOf('clock_step').map(({ fields }) => fields)).toEqual([{ by_ms: 3_600_000 }])
    await stop()
  })

  it('counts a tick that was lost as time that passed', async () => {
    const { clock, store, stop } = await startRig({ settings: second })
    await clock.advance(2_500)
    store.state.failure = new AppError('storage_unavailable', 'the disk is full')
    await clock.advance(1_000)
    store.state.failure = undefined
    await clock.advance(2_000)
    expect(errorsOf(store.batches).slice(1)).toEqual([
      [2_000, 0],
      [4_000, 0],
      [5_000, 0],
    ])
    await stop()
  })

  it('does not know the time since the newest stored tick when it had to hold the first ones', async () => {
    const store = recordingStore()
    const before = await startRig({ store, settings: second })
    await before.clock.advance(5_500)
    await before.stop()
    const { clock, stop } = await startRig({ store, settings: second })
    await clock.advance(7_500)
    expect(errorsOf(store.batches).slice(5)).toEqual([
      [6_000, 1_000_000_000],
      [7_000, 0],
    ])
    await stop()
  })
})

describe('the store', () => {
  it('P6 loses the ticks while it is away, says so once, and goes on when it is back', async () => {
    const { clock, store, eventsOf, stop } = await startRig({ settings: { intervalMs: 1_000 } })
    await clock.advance(2_500)
    store.state.failure = new AppError('storage_unavailable', 'the disk is full')
    await clock.advance(3_000)
    store.state.failure = undefined
    await clock.advance(2_000)
    expect(store.batches.map(({ at }) => at - START)).toEqual([1_000, 2_000, 6_000, 7_000])
    expect(eventsOf('store_failed', 'store_recovered').map(({ level, event }) => [level, event])).toEqual([
      ['error', 'store_failed'],
      ['info', 'store_recovered'],
    ])
    expect(eventsOf('samples_dropped')[0]?.fields).toHaveProperty('storage_unavailable')
    await stop()
  })

  it('tells what was dropped at most once a minute', async () => {
    const { clock, cluster, eventsOf, stop } = await startRig({ settings: { intervalMs: 1_000 } })
    cluster.setPage(ALPHA, `${PAGE}go_goroutines NaN\n`)
    await clock.advance(125_500)
    expect(eventsOf('samples_dropped').map(({ fields }) => fields)).toEqual([
      { not_finite: 1 },
      { not_finite: 60 },
      { not_finite: 60 },
    ])
    await stop()
  })
})

describe('a stop', () => {
  it('F26 ends the requests that run and stores nothing of their tick', async () => {
    const { clock, cluster, store, eventsOf, stop } = await startRig()
    await clock.advance(35_000)
    cluster.setDelay(BETA, 5_000)
    cluster.setDown(GAMMA)
    await clock.advance(27_000) // the tick at 60 s: gamma has failed, alpha has answered, beta is silent
    await stop()
    await clock.advance(60_000)
    expect(store.batches.map(({ at }) => at - START)).toEqual([30_000])
    expect(eventsOf('tick_failed')).toEqual([])
  })

  it('F26 waits for no member that was asked who is there', async () => {
    const { clock, store, stop } = await startRig({
      prepare: (cluster) => cluster.setDelay(ALPHA, Infinity),
    })
    await stop() // before any time passes
    await clock.advance(60_000)
    expect(store.batches).toEqual([])
  })

  it('F26 waits for what was handed to the store', async () => {
    const { clock, store, stop } = await startRig()
    await clock.advance(20_000)
    const never = new AbortController().signal
    store.state.wait = () => clock.sleep(500, never)
    await clock.advance(11_900)
    const stopped = stop()
    await clock.advance(2_000)
    await stopped
    expect(store.batches.map(({ at }) => at - START)).toEqual([30_000])
  })
})

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
