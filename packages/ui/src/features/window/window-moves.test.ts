import { expect, it } from 'vitest'
import { shiftWindow, widenWindow } from './window-moves.ts'

const hour = { start: 10_000, end: 13_600 }

it('shifts by half of the window or all of it, not beyond now', () => {
  expect(shiftWindow(hour, -1, false, 20_000)).toEqual({ kind: 'fixed', start: 8_200, end: 11_800 })
  expect(shiftWindow(hour, -1, true, 20_000)).toEqual({ kind: 'fixed', start: 6_400, end: 10_000 })
  expect(shiftWindow(hour, 1, false, 20_000)).toEqual({ kind: 'fixed', start: 11_800, end: 15_400 })
  expect(shiftWindow(hour, 1, true, 14_000)).toEqual({ kind: 'fixed', start: 10_400, end: 14_000 })
})

it('doubles around the middle, not beyond now, at most 90 days', () => {
  expect(widenWindow(hour, 20_000)).toEqual({ kind: 'fixed', start: 8_200, end: 15_400 })
  expect(widenWindow(hour, 13_600)).toEqual({ kind: 'fixed', start: 6_400, end: 13_600 })
  const long = widenWindow({ start: 1_000_000_000, end: 1_007_000_000 }, 1_100_000_000)
  expect(long).toMatchObject({ kind: 'fixed', start: 999_612_000, end: 1_007_388_000 })
})
