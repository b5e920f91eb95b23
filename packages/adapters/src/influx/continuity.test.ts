import { fsync, scalar } from '@etcdmonitor/core/contracts/metrics-samples'
import type { HistogramSample, ScalarSample } from '@etcdmonitor/core/metrics/sample'
import { beforeEach, expect, it } from 'vitest'
import { type Continuity, createContinuity } from './continuity.ts'

const MINUTE = 60_000
let continuity: Continuity
let at = 0

/** Whether the next tick is marked. */
function marked(
  scalars: readonly ScalarSample[],
  histograms: readonly HistogramSample[] = [],
  after = MINUTE,
) {
  at += after
  const { isMarked, accept } = continuity.judge('1/2', at, { memberId: '2', scalars, histograms })
  accept()
  return isMarked
}

beforeEach(() => {
  continuity = createContinuity()
  at = 0
})

it('marks the first tick of each group', () => {
  expect(marked([scalar('put', 1)])).toBe(true)
  expect(marked([scalar('put', 1)])).toBe(false)
  expect(marked([scalar('put', 1), scalar('raft_index', 5)])).toBe(true)
  expect(marked([scalar('put', 2), scalar('raft_index', 5)])).toBe(false)
})

it('takes failed scrapes for nothing', () => {
  marked([scalar('put', 1)])
  expect(marked([scalar('collector_up', 0), scalar('has_leader', 1)])).toBe(false)
  expect(marked([scalar('put', 1)])).toBe(false)
})

it.each([
  ['a counter that fell', [scalar('put', 4)], [scalar('put', 3)]],
  ['a series that came', [scalar('put', 4)], [scalar('put', 4), scalar('txn', 1)]],
  ['a series that went', [scalar('put', 4), scalar('txn', 1)], [scalar('put', 4)]],
  ['another series', [scalar('put', 4)], [scalar('txn', 4)]],
  ['a clock error', [scalar('put', 4)], [scalar('put', 4), scalar('scrape_clock_error_seconds', -0.5)]],
  ['a position that begins', [scalar('current_revision', 0)], [scalar('current_revision', 4)]],
  [
    'a position that fell',
    [scalar('current_revision', 3), scalar('raft_index', 9)],
    [scalar('current_revision', 3), scalar('raft_index', 8)],
  ],
])('marks %s', (_, before, after) => {
  marked(before)
  marked(before)
  expect(marked(after)).toBe(true)
})

it('marks histograms whose buckets fell or whose bounds changed', () => {
  marked([], [fsync([1], [4, 1], 5)])
  expect(marked([], [fsync([1], [5, 1], 6)])).toBe(false)
  expect(marked([], [fsync([1], [6, 0], 6)])).toBe(true)
  expect(marked([], [fsync([2], [6, 1], 7)])).toBe(true)
})

it('remembers a clock error until the next tick of each group', () => {
  const both = [scalar('put', 1), scalar('raft_index', 5)]
  marked(both)
  expect(marked([scalar('put', 1), scalar('scrape_clock_error_seconds', 2)])).toBe(true)
  expect(marked([scalar('put', 1)])).toBe(false)
  expect(marked(both)).toBe(true)
  expect(marked(both)).toBe(false)
})

it('marks after a silence that no delta may span', () => {
  marked([scalar('put', 1)])
  expect(marked([scalar('put', 1)], [], 60 * MINUTE)).toBe(false)
  expect(marked([scalar('put', 1)], [], 60 * MINUTE + 1)).toBe(true)
  const slow = [scalar('put', 1), scalar('scrape_interval_seconds', 3_600)]
  expect(marked(slow, [], 180 * MINUTE)).toBe(false)
})

it('follows only what was accepted, and nothing that was forgotten', () => {
  marked([scalar('put', 1)])
  continuity.judge('1/2', at + MINUTE, { memberId: '2', scalars: [scalar('put', 9)], histograms: [] })
  expect(marked([scalar('put', 3)])).toBe(false)
  continuity.forget('1/2', 'status')
  expect(marked([scalar('put', 3)])).toBe(false)
  continuity.forget('1/2', 'page')
  expect(marked([scalar('put', 3)])).toBe(true)
  continuity.forgetAll()
  expect(marked([scalar('put', 3)])).toBe(true)
})
