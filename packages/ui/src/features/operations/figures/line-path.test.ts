import { expect, it } from 'vitest'
import { dotPath, linePath, placeOf } from './line-path.ts'

const frame = { from: 1_000, to: 5_000, top: 10, width: 100, height: 40 }
const times = [1_000, 2_000, 3_000, 4_000, 5_000]

it('joins neighbours, and draws nothing over a gap', () => {
  expect(linePath(times, [0, 10, null, 5, 5], frame)).toBe('M0.0 40.0h0L25.0 0.0M75.0 20.0h0L100.0 20.0')
})

it('leaves values between two gaps to the dots, which are drawn larger than a line', () => {
  const lonely = [null, 5, null, 5, 5]
  expect(linePath(times, lonely, frame)).toBe('M75.0 20.0h0L100.0 20.0')
  expect(dotPath(times, lonely, frame)).toBe('M25.0 20.0h0')
  expect(dotPath(times, [0, 10, null, 5, 5], frame)).toBe('')
})

it('lays a line of zeros on the lower edge', () => {
  expect(linePath([1_000, 5_000], [0, 0], { ...frame, top: 0 })).toBe('M0.0 40.0h0L100.0 40.0')
})

it('keeps an instant outside of the window at its edge', () => {
  expect([placeOf(0, frame), placeOf(3_000, frame), placeOf(9_000, frame)]).toEqual([0, 50, 100])
})
