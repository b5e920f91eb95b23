import { expect, it } from 'vitest'
import { judgeDefragment } from './judge-defragment.ts'

const before = { count: 4, processStart: 1_790_000_000 }

it.each([
  [{ count: 5, processStart: 1_790_000_000 }, 'done'],
  [{ count: 4, processStart: 1_790_000_000 }, 'not_done'],
  [{ count: 0, processStart: 1_790_000_009 }, 'restarted'],
  [{ count: 5, processStart: 1_790_000_009 }, 'restarted'],
  [undefined, 'unreadable'],
])('judges by %j that the defragmentation is %s', (after, outcome) => {
  expect(judgeDefragment(before, after)).toBe(outcome)
})

it('judges nothing without a mark from before', () => {
  expect(judgeDefragment(undefined, before)).toBe('unreadable')
})
