import { describe, expect, it } from 'vitest'
import type { HistogramSlots, SeriesSlots } from '../../ports/metrics-store.ts'
import type { Metric } from '../catalogue.ts'
import { counterSlots, gaugeSlots, metricNamed } from '../vectors.contract.ts'
import { currentValue } from './current-values.ts'
import type { PartSlots } from './evaluate-parts.ts'

const p50 = metricNamed('etcd_disk_wal_fsync_duration_seconds_p50')
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
  expect(now(up, metricNamed('collector_up'))).toEqual({ value: 0 })
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
  expect(now(put, metricNamed('etcd_mvcc_put_total_rate'))).toEqual({ value: 4 })
})

const nowOf = (name: string, ...series: SeriesSlots[]) => {
  const [first] = series
  const count = first?.kind === 'gauge' ? first.last.length : (first?.covered.length ?? 0)
  return currentValue(metricNamed(name), ticks(count, ...series))
}

describe('now is', () => {
  it('of an increase the deltas of the last 300 s up to the newest one', () => {
    const every = Array.from({ length: 20 }, () => 1)
    expect(nowOf('etcd_server_slow_apply_total_increase', counterSlots('slow_apply', every))).toEqual({
      value: 10,
    })
    const old = counterSlots('slow_apply', [1, 2, ...every.map(() => null)])
    expect(nowOf('etcd_server_slow_apply_total_increase', old)).toEqual({ value: 3 })
    expect(nowOf('etcd_server_slow_apply_total_increase', counterSlots('slow_apply', [null]))).toBeUndefined()
  })

  it('of restarts those of the last 300 s', () => {
    const start = gaugeSlots('start_time', [-9, 20, 50, null])
    const cpu = gaugeSlots('cpu_seconds', [5, 1, 1, null])
    expect(nowOf('process_restarts', start, cpu)).toEqual({ value: 2 })
  })

  it('of a mean as many deltas as hold a hundred observations, with their number', () => {
    const pauses = [counterSlots('gc_sum', [9, 2, 1]), counterSlots('gc_count', [9, 60, 50])]
    expect(nowOf('go_gc_duration_seconds_mean', ...pauses)).toEqual({ value: 3 / 110, observations: 110 })
  })

  it('of a share of calls that of as many deltas as hold a hundred calls', () => {
    const ok = counterSlots('grpc_handled', [0, 90, 9], { method: 'Put', class: 'ok' })
    const failed = counterSlots('grpc_handled', [500, 0, 1], { method: 'Put', class: 'failed' })
    expect(nowOf('grpc_server_failed_ratio', ok, failed)).toEqual({ value: 0.01 })
    expect(
      nowOf('grpc_server_failed_ratio', counterSlots('grpc_handled', [0], { method: 'Put', class: 'ok' })),
    ).toBeUndefined()
  })

  it('of a ratio that of the newest tick with both sides, also when it is null there', () => {
    const size = gaugeSlots('db_total', [10, 20, 30])
    const share = (...quota: (number | null)[]) =>
      nowOf('etcd_mvcc_db_quota_usage_ratio', size, gaugeSlots('quota_bytes', quota))
    expect(share(40, 40, null)).toEqual({ value: 0.5 })
    expect(share(40, 0, null)).toBeUndefined()
    expect(share(null, null, null)).toBeUndefined()
  })

  it('of the share of the cores that of the newest counted delta', () => {
    const cpu = counterSlots('cpu_seconds', [3, 6, null])
    expect(nowOf('process_cpu_saturation_ratio', cpu, gaugeSlots('gomaxprocs', [2, 2, 2]))).toEqual({
      value: 0.1,
    })
  })

  it('of a counter its newest sample, of a rank with its method', () => {
    expect(nowOf('etcd_mvcc_put_total', counterSlots('put', [4, 3, null]))).toEqual({ value: 7 })
    const calls = counterSlots('grpc_handled', [4, 3], { method: 'Put', class: 'ok' })
    expect(nowOf('grpc_method_0_count', calls)).toEqual({ value: 7, method: 'Put' })
    expect(nowOf('grpc_method_1_count', calls)).toBeUndefined()
  })

  it('of a constant its value', () => {
    expect(nowOf('grpc_method_3_name')).toEqual({ value: 0 })
  })
})
