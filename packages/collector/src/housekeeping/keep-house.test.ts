import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { AppError } from '@etcdmonitor/core/errors'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { recordingLog, START } from '../collector-rig.contract.ts'
import { keepHouseForEver } from './keep-house.ts'

const SECOND = 1_000
const INTERVAL = 30 * SECOND

interface Call {
  /** ms after the start. */
  readonly after: number
  readonly steady: number
}

/** Housekeeping from `START` on, which has `pieces` of work to do, or fails. */
function startHousekeeping() {
  const clock = manualClock(START)
  const calls: Call[] = []
  const state: { pieces: number; takes: number; failure?: Error | undefined } = { pieces: 1, takes: 0 }
  const { log, lines } = recordingLog()
  const onError = vi.fn()
  const stop = new AbortController()
  const maintain = async ({ now, steady }: { readonly now: number; readonly steady: number }) => {
    calls.push({ after: now - START, steady })
    if (state.takes > 0) await clock.sleep(state.takes, stop.signal)
    if (state.failure) throw state.failure
    state.pieces--
    return { more: state.pieces > 0 }
  }
  const deps = { writer: { maintain }, clock, log, settings: { intervalMs: INTERVAL }, onError }
  const running = keepHouseForEver(deps, stop.signal)
  return { clock, calls, state, lines, onError, stop: () => stop.abort(), running }
}

let house: ReturnType<typeof startHousekeeping>
beforeEach(() => {
  house = startHousekeeping()
})
afterEach(async () => {
  house.stop()
  await house.running
})

it('asks once between two ticks when there is nothing to do', async () => {
  await house.clock.advance(3 * INTERVAL)
  expect(house.calls.map(({ after }) => after)).toEqual([7_500, 37_500, 67_500])
})

it('goes on while there is more, and leaves the end of the interval to the next tick', async () => {
  house.state.pieces = 100
  house.state.takes = 9 * SECOND
  await house.clock.advance(INTERVAL + 20 * SECOND)
  expect(house.calls.map(({ after }) => after)).toEqual([7_500, 16_500, 25_500, 37_500, 46_500])
})

it('says for how long the clock was not stepped', async () => {
  await house.clock.advance(2 * INTERVAL)
  house.clock.step(5 * SECOND)
  await house.clock.advance(2 * INTERVAL)
  expect(house.calls.map(({ steady }) => steady)).toEqual([7_500, 37_500, 0, INTERVAL])
})

it('tells once that the store fails, and once that it does no more', async () => {
  house.state.failure = new AppError('storage_unavailable', 'away')
  await house.clock.advance(4 * INTERVAL)
  house.state.failure = undefined
  await house.clock.advance(2 * INTERVAL)
  expect(house.calls).toHaveLength(6)
  expect(house.lines.map(({ event }) => event)).toEqual(['housekeeping_failed', 'housekeeping_recovered'])
  expect(house.onError).not.toHaveBeenCalled()
})

it('goes on after a bug', async () => {
  const bug = new Error('deep')
  house.state.failure = bug
  await house.clock.advance(3 * INTERVAL)
  expect(house.onError.mock.calls).toEqual([[bug], [bug], [bug]])
})

it('ends with the piece that is being done', async () => {
  house.state.pieces = 9
  house.state.takes = SECOND
  await house.clock.advance(8 * SECOND)
  house.stop()
  await house.running
  expect(house.calls).toHaveLength(1)
})
