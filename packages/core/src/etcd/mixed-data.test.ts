import { expect, it } from 'vitest'
import { awaitReport, isMixed, type MixWatch, NO_MIX, watchMix } from './mixed-data.ts'

/** Ticks of 30 s: what the store had of each, and what the member reported 10 s after it was read. */
function run(...ticks: readonly (readonly [stored: number, reported: number])[]): MixWatch {
  return ticks.reduce((watch, [index, reported], i) => {
    const at = (i + 1) * 30_000
    const waiting = awaitReport(watch, { at, index, readAt: at + 2_000 }, at - 30_000)
    return watchMix(waiting, { index: reported, probedAt: at + 12_000 })
  }, NO_MIX)
}

it.each([
  [
    'an index that rises',
    [
      [10, 12],
      [20, 22],
      [30, 30],
    ],
    false,
  ],
  [
    'one tick from before a wipe',
    [
      [90_000, 8],
      [9, 12],
    ],
    false,
  ],
  [
    'two ticks of another cluster',
    [
      [90_000, 8],
      [90_040, 12],
    ],
    true,
  ],
  [
    'ticks of another cluster with one of its own between them',
    [
      [90_000, 8],
      [9, 12],
      [90_080, 16],
    ],
    false,
  ],
  [
    'its own ticks after two of another',
    [
      [90_000, 8],
      [90_040, 12],
      [14, 16],
    ],
    false,
  ],
] as const)('F60 M1 of %s: %s', (_name, ticks, mixed) => {
  expect(isMixed(run(...ticks))).toBe(mixed)
})

it('F60 compares with no answer that may be older than what was stored', () => {
  const waiting = awaitReport({ above: 1 }, { at: 30_000, index: 90, readAt: 32_000 }, 0)
  expect(watchMix(waiting, { index: 80, probedAt: 36_999 })).toBe(waiting)
  expect(isMixed(watchMix(waiting, { index: 80, probedAt: 37_000 }))).toBe(true)
})

it('F60 counts a tick once, however often it is read', () => {
  expect(awaitReport({ above: 1 }, { at: 30_000, index: 90, readAt: 60_000 }, 30_000)).toEqual({ above: 1 })
})
