import { expect, it } from 'vitest'
import { deadlinesOf, patienceOf } from './deadlines.ts'

it.each([
  // interval, timeout, offset → scrape, Status, patience
  [30_000, 0, 1_388, 10_000, 5_000, 1_000],
  [15_000, 0, 1_999, 5_000, 5_000, 1_000],
  [5_000, 0, 1_249, 5_000 / 3, 5_000 / 3, 1_000],
  [1_000, 0, 249, 1_000 / 3, 1_000 / 3, 250],
  [50, 0, 12, 50 / 3, 50 / 3, 12.5],
  [30_000, 20_000, 1_388, 20_000, 5_000, 1_000],
  [30_000, 30_000, 1_388, 28_112, 5_000, 1_000],
  [1_000, 1_000, 249, 651, 651, 250],
  [1_000, 1_000, 5_000, 100, 100, 250],
])('at %i ms with a timeout of %i and an offset of %i', (intervalMs, timeoutMs, offset, ...wanted) => {
  const times = { intervalMs, timeoutMs }
  const { scrape, status } = deadlinesOf(times, offset)
  expect([scrape, status, patienceOf(times)]).toEqual(wanted)
})
