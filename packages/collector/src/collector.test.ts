import { AppError } from '@etcdmonitor/core/errors'
import { describe, expect, it } from 'vitest'
import { ALPHA, BETA, GAMMA, START, startRig, THREE, ticksOf, valueIn } from './collector-rig.contract.ts'

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
