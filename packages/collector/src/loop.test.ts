import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { describe, expect, it } from 'vitest'
import { nextTick, runEvery } from './loop.ts'

const START = 1_790_000_000_000

function startLoop(tick: (at: number, signal: AbortSignal) => Promise<void> = async () => {}) {
  const clock = manualClock(START)
  const ran: number[] = []
  const skipped: number[] = []
  const errors: unknown[] = []
  const stopping = new AbortController()
  const running = runEvery(
    {
      interval: 1_000,
      clock,
      tick: async (at, signal) => {
        ran.push(at - START)
        await tick(at - START, signal)
      },
      onError: (error) => errors.push(error),
      onSkipped: (count) => skipped.push(count),
    },
    stopping.signal,
  )
  const stop = async () => {
    stopping.abort()
    await running
  }
  /** Ms of every tick so far, with `pass` between. */
  const runFor = async (ms: number) => {
    await clock.advance(ms)
    return ran
  }
  return { clock, ran, skipped, errors, runFor, stop, never: new AbortController().signal }
}

describe('runEvery', () => {
  it('runs at the multiples of the interval', async () => {
    const { clock, runFor, skipped, stop } = startLoop()
    await clock.advance(250)
    expect(await runFor(3_000)).toEqual([1_000, 2_000, 3_000])
    expect(skipped).toEqual([])
    await stop()
  })

  it('F6 skips and counts the instants that a slow tick ran over, and runs two at no time', async () => {
    let running = 0
    const loop = startLoop(async (at) => {
      running++
      expect(running).toBe(1)
      if (at === 2_000) await loop.clock.sleep(2_300, loop.never)
      running--
    })
    expect(await loop.runFor(6_500)).toEqual([1_000, 2_000, 5_000, 6_000])
    expect(loop.skipped).toEqual([2])
    await loop.stop()
  })

  it('reports a tick that throws and goes on', async () => {
    const { runFor, errors, stop } = startLoop(async (at) => {
      if (at === 1_000) throw new Error('once')
    })
    expect(await runFor(2_000)).toEqual([1_000, 2_000])
    expect(errors).toEqual([new Error('once')])
    await stop()
  })

  it('runs the grid anew when the wall clock is set back', async () => {
    const { clock, runFor, skipped, stop } = startLoop()
    await clock.advance(2_500)
    clock.step(-7_200_000)
    expect(await runFor(2_000)).toEqual([1_000, 2_000, 3_000 - 7_200_000, 4_000 - 7_200_000])
    expect(skipped).toEqual([])
    await stop()
  })

  it('goes on at once when the wall clock is set forward, and counts no instants that never were', async () => {
    const { clock, runFor, skipped, stop } = startLoop()
    await clock.advance(2_500)
    clock.step(3_600_700)
    await runFor(2_000)
    expect((await runFor(0)).slice(2)).toEqual([3_604_000, 3_605_000])
    expect(skipped).toEqual([1])
    await stop()
  })

  it('skips a tick that would start later than half an interval after its instant', async () => {
    const { clock, runFor, skipped, stop } = startLoop()
    await clock.advance(1_500)
    clock.step(600) // the sleeping loop wakes 600 ms after the tick at 2,000, as after a stall of the process
    expect(await runFor(1_900)).toEqual([1_000, 3_000, 4_000])
    expect(skipped).toEqual([1])
    await stop()
  })

  it('ends without a tick when it is stopped while it waits', async () => {
    const { clock, ran, stop } = startLoop()
    await clock.advance(500)
    await stop()
    await clock.advance(5_000)
    expect(ran).toEqual([])
  })

  it('waits for the tick in flight, and reports no error of a stop', async () => {
    let ended = false
    const { clock, errors, stop } = startLoop(async (_, signal) => {
      await clock.sleep(500, signal)
      ended = true
      signal.throwIfAborted()
    })
    await clock.advance(1_100)
    await stop()
    expect(ended).toBe(true)
    expect(errors).toEqual([])
  })
})

it.each([
  [0, 50, 50],
  [999, 1_000, 1_000],
  [1_000, 1_000, 2_000],
  [1_790_000_000_001, 30_000, 1_790_000_010_000],
])('after %i the next tick of every %i ms is %i', (now, interval, next) => {
  expect(nextTick(now, interval)).toBe(next)
})
