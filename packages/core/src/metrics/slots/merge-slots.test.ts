import { describe, expect, it } from 'vitest'
import type { CounterSlots } from '../../ports/metrics-store.ts'
import {
  addColumns,
  columnCount,
  openSlots,
  type SeriesShape,
  shareSiblings,
  toColumns,
} from './merge-slots.ts'

const NONE = Number.NaN
const all = () => true
const gauge: SeriesShape = { kind: 'gauge', source: 'proposals_pending', labels: {}, bounds: [] }
const counter: SeriesShape = { kind: 'counter', source: 'put', labels: {}, bounds: [] }
const histogram: SeriesShape = { kind: 'histogram', source: 'wal_fsync', labels: {}, bounds: [0.5] }
const column = (...values: number[]) => Float64Array.from(values)

describe('slots of slots', () => {
  it('of a gauge: counts and sums add, extremes stay, the later value is the last', () => {
    const slots = openSlots(gauge, 2, all)
    const cells = [
      column(2, NONE, 1),
      column(9, NONE, 5),
      column(4, NONE, 5),
      column(5, NONE, 5),
      column(4, NONE, 5),
    ]
    addColumns(slots, cells, Int32Array.of(0, 0, 1))
    addColumns(slots, [column(1), column(1), column(1), column(1), column(1)], Int32Array.of(0))
    expect(slots).toMatchObject({
      count: column(3, 1),
      sum: column(10, 5),
      min: column(1, 5),
      max: column(5, 5),
    })
    expect(slots).toMatchObject({ last: column(1, 5) })
  })

  it('of a counter and a histogram: seconds and increases add', () => {
    const slots = openSlots(counter, 1, all)
    addColumns(slots, [column(60, NONE), column(7, NONE), column(NONE, 70)], Int32Array.of(0, 0))
    expect(slots).toMatchObject({ covered: column(60), increase: column(7), last: column(70) })
    const buckets = openSlots(histogram, 1, all)
    const cells = [column(30, 30), column(1, 2), column(8, 9), column(3, 1), column(NONE, 4)]
    addColumns(buckets, cells, Int32Array.of(0, 0))
    expect(buckets).toMatchObject({ covered: column(60), sum: column(3), total: column(9) })
    expect(buckets).toMatchObject({ bounds: [0.5], buckets: [column(4), column(4)] })
  })

  it('have nothing where nothing belongs, and leave out what is not wanted or not there', () => {
    const slots = openSlots(gauge, 2, (k) => k !== 1)
    addColumns(slots, [column(1, 1), column(4, 4), undefined, column(4, 4)], Int32Array.of(1, -1))
    expect(toColumns(slots)).toEqual([
      column(0, 1),
      column(),
      column(NONE, NONE),
      column(NONE, 4),
      column(NONE, NONE),
    ])
  })

  it('have as many columns as their kind says', () => {
    expect([gauge, counter, histogram].map(columnCount)).toEqual([5, 3, 5])
    for (const shape of [gauge, counter, histogram])
      expect(toColumns(openSlots(shape, 1, all))).toHaveLength(columnCount(shape))
  })
})

it('siblings share the seconds; one without a delta or a sample of its own has 0', () => {
  const one: CounterSlots = {
    kind: 'counter',
    source: 'grpc_handled',
    labels: { method: 'Put' },
    covered: column(60, 0, 0),
    increase: column(3, NONE, NONE),
    last: column(9, 9, NONE),
  }
  const other: CounterSlots = {
    kind: 'counter',
    source: 'grpc_handled',
    labels: { method: 'Range' },
    covered: column(30, 0, 0),
    increase: column(NONE, NONE, NONE),
    last: column(NONE, NONE, NONE),
  }
  shareSiblings([one, other])
  expect(one).toMatchObject({
    covered: column(60, 0, 0),
    increase: column(3, NONE, NONE),
    last: column(9, 9, NONE),
  })
  expect(other).toMatchObject({
    covered: column(60, 0, 0),
    increase: column(0, NONE, NONE),
    last: column(0, 0, NONE),
  })
})
