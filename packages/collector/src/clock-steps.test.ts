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
