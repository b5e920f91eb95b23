import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { AppError } from '@etcdmonitor/core/errors'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type LogLine, recordingLog } from './api-rig.contract.ts'
import { sweepAuditForEver, sweepRunsForEver, sweepStateForEver } from './sweep-state.ts'

const START = 1_790_000_000_000

/** A sweep from `START` on, of a store that has `pieces` to do, or fails. */
function startSweep() {
  const clock = manualClock(START)
  const calls: number[] = []
  const lines: LogLine[] = []
  const store: { pieces: number; failure?: Error | undefined } = { pieces: 1 }
  const stop = new AbortController()
  const maintain = async () => {
    calls.push(clock.now() - START)
    if (store.failure) throw store.failure
    store.pieces--
    return { more: store.pieces > 0 }
  }
  const running = sweepStateForEver({ state: { maintain }, clock, log: recordingLog(lines) }, stop.signal)
  return { clock, calls, lines, store, running, stop: () => stop.abort() }
}

let sweep: ReturnType<typeof startSweep>
beforeEach(() => {
  sweep = startSweep()
})
afterEach(async () => {
  sweep.stop()
  await sweep.running
})

it('sweeps at the start and every minute', async () => {
  await sweep.clock.advance(120_000)
  expect(sweep.calls).toEqual([0, 60_000, 120_000])
})

it('goes on while there is more, and lets requests in between', async () => {
  sweep.store.pieces = 3
  await sweep.clock.advance(110_000)
  expect(sweep.calls).toEqual([0, 60_000, 60_050, 60_100])
})

it('tells once that the store is away, and once that it is back', async () => {
  sweep.store.failure = new AppError('auth_store_unavailable', 'away')
  await sweep.clock.advance(180_000)
  sweep.store.failure = undefined
  await sweep.clock.advance(120_000)
  expect(sweep.calls).toEqual([0, 60_000, 120_000, 180_000, 240_000, 300_000])
  expect(sweep.lines.map(({ level, event }) => [level, event])).toEqual([
    ['warn', 'state_sweep_failed'],
    ['info', 'state_sweep_recovered'],
  ])
})

it('tells every bug and goes on', async () => {
  const bug = new Error('deep')
  sweep.store.failure = bug
  await sweep.clock.advance(120_000)
  expect(sweep.lines).toEqual([
    { level: 'error', event: 'state_sweep_failed', fields: { error: bug } },
    { level: 'error', event: 'state_sweep_failed', fields: { error: bug } },
  ])
})

it('removes of the audit log what is not kept, at the start and every hour', async () => {
  const { clock } = sweep
  const asked: unknown[] = []
  const stop = new AbortController()
  const state = {
    audit: {
      async sweep(kept: unknown) {
        asked.push([clock.now() - START, kept])
        return { more: asked.length === 1 }
      },
    },
  }
  const kept = { days: 90, maxRows: 10_000 }
  const running = sweepAuditForEver({ state, clock, log: recordingLog([]) }, { kept, signal: stop.signal })
  await clock.advance(3_600_050)
  stop.abort()
  await running
  expect(asked).toEqual([
    [0, kept],
    [50, kept],
    [3_600_050, kept],
  ])
})

it('removes ended runs with the days of the audit log, 500 at once', async () => {
  const clock = manualClock(START)
  const cutoffs: number[] = []
  const left = [500, 500, 3, 0]
  const runs = {
    async deleteEndedBefore(cutoff: number) {
      cutoffs.push(cutoff)
      return left.shift() ?? 0
    },
  }
  const stop = new AbortController()
  const state = { runs, now: async () => clock.now() }
  const running = sweepRunsForEver({ state, clock, log: recordingLog([]) }, { days: 30, signal: stop.signal })
  await clock.advance(1_000)
  expect(cutoffs).toHaveLength(4)
  expect(cutoffs[0]).toBe(START - 30 * 86_400_000)
  await clock.advance(3_600_000)
  expect(cutoffs).toHaveLength(5)
  stop.abort()
  await running
})
