import { M1, M2 } from '@etcdmonitor/core/contracts/metrics-samples'
import { expect, it } from 'vitest'
import { createDirtyHints } from './dirty-hints.ts'

const week = { from: 0, to: 1_000, step: 10 }

it('guesses the slots again that were dirty, with all members that have them', () => {
  const hints = createDirtyHints()
  expect(hints.guess([M1], week)).toEqual([])
  hints.note(M1, week, [{ from: 100, to: 120 }])
  hints.note(M2, week, [{ from: 100, to: 120 }])
  expect(hints.guess([M1, M2], { ...week, from: 10, to: 1_010 })).toEqual([
    { from: 100, to: 120, step: 10, members: [M1, M2] },
  ])
})

it('covers them by whole slots of any window, and guesses none outside', () => {
  const hints = createDirtyHints()
  hints.note(M1, week, [
    { from: 100, to: 120 },
    { from: 980, to: 1_000 },
  ])
  expect(hints.guess([M1], { from: 0, to: 990, step: 30 })).toEqual([
    { from: 90, to: 120, step: 30, members: [M1] },
    { from: 960, to: 990, step: 30, members: [M1] },
  ])
  expect(hints.guess([M1], { from: 110, to: 600, step: 10 })).toEqual([
    { from: 110, to: 120, step: 10, members: [M1] },
  ])
  expect(hints.guess([M1], { from: 200, to: 300, step: 10 })).toEqual([])
})

it('forgets of a window what was not dirty any more, and keeps what lies outside', () => {
  const hints = createDirtyHints()
  hints.note(M1, week, [
    { from: 100, to: 110 },
    { from: 900, to: 910 },
  ])
  hints.note(M1, { from: 0, to: 500, step: 10 }, [])
  expect(hints.guess([M1], week)).toEqual([{ from: 900, to: 910, step: 10, members: [M1] }])
})

it('guesses 16 stretches at most', () => {
  const hints = createDirtyHints()
  hints.note(
    M1,
    week,
    Array.from({ length: 40 }, (_, i) => ({ from: i * 20, to: i * 20 + 10 })),
  )
  expect(hints.guess([M1], week)).toHaveLength(16)
})
