import { expect, it } from 'vitest'
import type { SeriesSlots } from '../../ports/metrics-store.ts'
import { widenSlots } from './widen-slots.ts'

const columns = (...numbers: number[]) => Float64Array.from(numbers)
const { NaN: NONE } = Number

it('adds neighbours up, keeps extremes and the last of each', () => {
  const gauge: SeriesSlots = {
    kind: 'gauge',
    source: 'db_total',
    labels: {},
    count: columns(9, 1, 2, 0, 0),
    sum: columns(9, 4, 6, NONE, NONE),
    min: columns(9, 4, 2, NONE, NONE),
    max: columns(9, 4, 4, NONE, NONE),
    last: columns(9, 4, 2, NONE, NONE),
  }
  expect(widenSlots(gauge, { skipped: 1, each: 2 })).toEqual({
    ...gauge,
    count: columns(3, 0),
    sum: columns(10, NONE),
    min: columns(2, NONE),
    max: columns(4, NONE),
    last: columns(2, NONE),
  })
})

it('leaves columns that are not there empty', () => {
  const gauge: SeriesSlots = {
    kind: 'gauge',
    source: 'db_total',
    labels: {},
    count: columns(),
    sum: columns(),
    min: columns(),
    max: columns(),
    last: columns(1, 2, 3, NONE),
  }
  expect(widenSlots(gauge, { skipped: 0, each: 2 })).toEqual({ ...gauge, last: columns(2, 3) })
})

it('adds seconds, increases and buckets', () => {
  const histogram: SeriesSlots = {
    kind: 'histogram',
    source: 'wal_fsync',
    labels: {},
    bounds: [1],
    covered: columns(30, 0, 0, 0),
    sum: columns(5, NONE, NONE, NONE),
    total: columns(7, NONE, NONE, NONE),
    buckets: [columns(1, NONE, NONE, NONE), columns(2, NONE, NONE, NONE)],
  }
  expect(widenSlots(histogram, { skipped: 0, each: 2 })).toEqual({
    ...histogram,
    covered: columns(30, 0),
    sum: columns(5, NONE),
    total: columns(7, NONE),
    buckets: [columns(1, NONE), columns(2, NONE)],
  })
  expect(widenSlots(histogram, { skipped: 0, each: 1 })).toBe(histogram)
})
