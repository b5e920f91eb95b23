import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { expect, it } from 'vitest'
import { watchSteps } from './watch-steps.ts'

it('tells a step of more than a second either way once, and nothing that is slower', async () => {
  const clock = manualClock()
  const step = watchSteps(clock)
  const told: number[] = []
  for (const ms of [0, 1_001, 0, -5_000, 1_000, 1_000, -1_000]) {
    await clock.advance(30_000)
    clock.step(ms)
    told.push(step())
  }
  expect(told).toEqual([0, 1_001, 0, -5_000, 0, 0, 0])
})
