import { AppError } from '@etcdmonitor/core/errors'
import { describe, expect, it } from 'vitest'
import { ALPHA, recordingStore, START, startRig, ticksOf, valueIn } from './collector-rig.contract.ts'

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
