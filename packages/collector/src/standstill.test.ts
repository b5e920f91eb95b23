import { expect, it } from 'vitest'
import { ALPHA, startRig, THREE, ticksOf, valueIn } from './collector-rig.contract.ts'

const alone = { members: THREE.slice(0, 1) }

it('blames no member for a standstill of its own process while it waits for an answer', async () => {
  const { clock, cluster, store, eventsOf, stop } = await startRig(alone)
  await clock.advance(35_000)
  cluster.setDelay(ALPHA, Infinity)
  await clock.advance(27_000) // asked at 61,388
  clock.standStill(40_000)
  cluster.setDelay(ALPHA, 0)
  await clock.advance(100_000)
  const ticks = [...ticksOf(store.batches, ALPHA)]
  expect(ticks.map(([at, tick]) => [at, valueIn(tick, 'collector_up')])).toEqual([
    [30_000, 1],
    [120_000, 1],
    [150_000, 1],
    [180_000, 1],
  ])
  expect(eventsOf('scrape_failed')).toEqual([])
  // the tick that was broken off, and the one that passed meanwhile
  expect(eventsOf('ticks_skipped').map(({ fields }) => fields)).toEqual([{ count: 2 }])
  await stop()
})

it('asks nobody at a tick that is long past when its turn has come', async () => {
  const { clock, asked, store, eventsOf, stop } = await startRig(alone)
  await clock.advance(31_000) // 388 ms before the request
  clock.standStill(16_500)
  await clock.advance(60_000)
  expect(asked.map(({ after }) => after)).toEqual([61_388, 91_388])
  expect([...ticksOf(store.batches, ALPHA).keys()]).toEqual([60_000, 90_000])
  expect(eventsOf('ticks_skipped').map(({ fields }) => fields)).toEqual([{ count: 1 }])
  await stop()
})

it('stores a tick that a short standstill made late, and how late', async () => {
  const { clock, asked, store, stop } = await startRig(alone)
  await clock.advance(61_000)
  clock.standStill(5_000)
  await clock.advance(30_000)
  expect(asked.map(({ after }) => after)).toEqual([31_388, 66_388, 91_388])
  expect(
    [...ticksOf(store.batches, ALPHA)].map(([at, tick]) => [at, valueIn(tick, 'scrape_clock_error_seconds')]),
  ).toEqual([
    [30_000, undefined],
    [60_000, 5],
    [90_000, -5],
  ])
  await stop()
})
