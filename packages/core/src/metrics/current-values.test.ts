import { describe, expect, it } from 'vitest'
import type { HistogramSlots, SeriesSlots } from '../ports/metrics-store.ts'
import { findMetric, type Metric } from './catalogue.ts'
import { currentValue } from './current-values.ts'
import type { PartSlots } from './evaluate-parts.ts'

const metric = (name: string): Metric => {
  const found = findMetric(name)
  if (!found) throw new Error(`no metric ${name}`)
  return found
}
const p50 = metric('etcd_disk_wal_fsync_duration_seconds_p50')
const columns = (...values: number[]) => Float64Array.from(values)

/** One slot per tick; NaN = no counted delta. Everything falls into (0, 1] but for `slow`, into (1, 2]. */
function fsync(fast: number[], slow: number[] = fast.map(() => 0)): HistogramSlots {
  const covered = fast.map((count) => (Number.isNaN(count) ? 0 : 30))
  return {
    kind: 'histogram',
    source: 'wal_fsync',
    labels: {},
    bounds: [1, 2],
    covered: columns(...covered),
    sum: columns(...fast),
    total: columns(...fast),
    buckets: [columns(...fast), columns(...slow), columns(...fast.map(() => 0))],
  }
}
const every30s = (count: number) => Float64Array.from({ length: count }, (_, i) => i * 30_000)
const ticks = (count: number, ...series: SeriesSlots[]): PartSlots => ({
  times: every30s(count),
  length: 0,
  until: (count - 1) * 30_000,
  series,
})
const now = (series: SeriesSlots, of: Metric = p50) =>
  currentValue(of, ticks(series.kind === 'gauge' ? series.last.length : series.covered.length, series))

describe('a quantile now', () => {
  it('rests on the newest delta alone when it holds a hundred observations', () => {
    expect(now(fsync([1_000, 0], [0, 100]))).toEqual({ value: 1.5, observations: 100 })
  })

  it('takes as many deltas as hold a hundred, and no more', () => {
    expect(now(fsync([500, 60, 30, 30]))?.observations).toBe(120)
  })

  it('takes at most those of the last 300 s, passing over ticks without a delta', () => {
    expect(now(fsync(Array.from({ length: 20 }, () => 1)))?.observations).toBe(10)
    expect(now(fsync([7, Number.NaN, 3, Number.NaN]))?.observations).toBe(10)
  })

  it('has no value when they hold none', () => {
    expect(now(fsync([0, 0]))).toBeUndefined()
    expect(now(fsync([Number.NaN, Number.NaN]))).toBeUndefined()
    expect(currentValue(p50, ticks(2))).toBeUndefined()
    expect(currentValue(p50, ticks(0))).toBeUndefined()
  })
})

it('is the newest sample of a gauge, whatever its aggregate in slots', () => {
  const none = columns(1, 1, 0)
  const up = {
    kind: 'gauge',
    source: 'collector_up',
    labels: {},
    count: none,
    sum: columns(1, 0, Number.NaN),
    min: columns(1, 0, Number.NaN),
    max: columns(1, 0, Number.NaN),
    last: columns(1, 0, Number.NaN),
  } as const
  expect(now(up, metric('collector_up'))).toEqual({ value: 0 })
})

it('is the newest counted delta of a rate', () => {
  const put = {
    kind: 'counter',
    source: 'put',
    labels: {},
    covered: columns(30, 60, 0),
    increase: columns(30, 240, Number.NaN),
    last: columns(30, 270, 280),
  } as const
  expect(now(put, metric('etcd_mvcc_put_total_rate'))).toEqual({ value: 4 })
})
