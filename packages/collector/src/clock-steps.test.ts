import { describe, expect, it } from 'vitest'
import { ALPHA, recordingStore, startRig, THREE, ticksOf, valueIn } from './collector-rig.contract.ts'

/** A store that remembers a cluster of an earlier run, whose ticks are forgotten. */
async function storeOfLastRun() {
  const store = recordingStore()
  const before = await startRig({ store })
  await before.clock.advance(5_000)
  await before.clock.advance(30_000)
  await before.stop()
  const { memory } = store
  const next = recordingStore()
  for (const [key, text] of memory) next.memory.set(key, text)
  return next
}

describe('a step of the wall clock while a tick waits for members that are silent', () => {
  it.each([-3_600_000, 3_600_000])('F22 by %i ms ends no tick late', async (step) => {
    const { clock, store, asked, stop } = await startRig({
      store: await storeOfLastRun(),
      prepare: (cluster) => {
        for (const { id } of THREE) cluster.setDelay(id, Infinity)
      },
    })
    await clock.advance(31_000) // the tick waits up to 2 s for a member list that was never read
    clock.step(step)
    await clock.advance(15_000)
    expect(asked.map(({ after }) => after - step)).toEqual([32_000, 32_000, 32_000])
    expect(valueIn(ticksOf(store.batches, ALPHA).get(30_000), 'collector_up')).toBe(0)
    await stop()
  })
})

it('F22 gives requests that start late only the time up to the next tick', async () => {
  const { clock, store, eventsOf, stop } = await startRig({
    settings: { timeoutMs: 30_000 },
    prepare: (cluster) => cluster.setDelay(ALPHA, Infinity),
  })
  await clock.advance(18_000)
  clock.step(24_000) // wakes 12 s after the tick at 30 s
  await clock.advance(18_900)
  const tick = ticksOf(store.batches, ALPHA).get(30_000)
  expect(valueIn(tick, 'scrape_duration_seconds')).toBe(14.5) // after 2 s for the member list
  await clock.advance(31_000)
  expect([...ticksOf(store.batches, ALPHA).keys()]).toEqual([30_000, 60_000])
  expect(eventsOf('ticks_skipped')).toEqual([])
  await stop()
})

it('F22 does not know the time since the newest stored tick when the last run held ticks to its end', async () => {
  const settings = { intervalMs: 1_000 }
  const store = recordingStore()
  const before = await startRig({ store, settings })
  await before.clock.advance(3_500)
  before.clock.step(-3_000)
  await before.clock.advance(2_500) // wall clock: 3,000; what came at 1, 2 and 3 s again was held
  await before.stop()
  const after = await startRig({ store, settings })
  after.clock.step(3_000)
  await after.clock.advance(3_500)
  const ticks = [...ticksOf(store.batches, ALPHA)].slice(3)
  expect(ticks.map(([at, tick]) => [at, valueIn(tick, 'scrape_clock_error_seconds')])).toEqual([
    [5_000, 1_000_000_000],
    [6_000, 0],
  ])
  await after.stop()
})
