import { describe, expect, it } from 'vitest'
import type { CounterSlots, GaugeSlots, HistogramSlots } from '../../ports/metrics-store.ts'
import { findMetric, type Metric } from '../catalogue.ts'
import type { Labels } from '../sample.ts'
import { collapseSlots } from '../slots/collapse-slots.ts'
import { countObservations, evaluateMetric } from './evaluate-metric.ts'

const NaNs = Number.NaN
const columns = (...values: number[]) => Float64Array.from(values)
const metric = (name: string): Metric => {
  const found = findMetric(name)
  if (!found) throw new Error(`no metric ${name}`)
  return found
}

const pending: GaugeSlots = {
  kind: 'gauge',
  source: 'proposals_pending',
  labels: {},
  count: columns(2, 1, 0),
  sum: columns(12, 40, NaNs),
  min: columns(5, 40, NaNs),
  max: columns(7, 40, NaNs),
  last: columns(7, 40, NaNs),
}
const sent = (labels: Labels, covered: number[], increase: number[]): CounterSlots => ({
  kind: 'counter',
  source: 'peer_sent_bytes',
  labels,
  covered: columns(...covered),
  increase: columns(...increase),
  last: columns(...increase),
})
const fsync = (bounds: number[], covered: number[], ...buckets: number[][]): HistogramSlots => ({
  kind: 'histogram',
  source: 'wal_fsync',
  labels: {},
  bounds,
  covered: columns(...covered),
  sum: columns(...covered.map(() => 1)),
  total: columns(...covered.map(() => 1)),
  buckets: buckets.map((column) => columns(...column)),
})

describe('gauges', () => {
  const gauge = metric('etcd_server_proposals_pending')

  it.each([
    ['avg', [6, 40, NaNs]],
    ['min', [5, 40, NaNs]],
    ['max', [7, 40, NaNs]],
    ['last', [7, 40, NaNs]],
  ] as const)('answer their %s per slot', (agg, values) => {
    expect([...evaluateMetric(gauge, [pending], 3, agg)]).toEqual(values)
  })

  it('answer the aggregate of the catalogue when none is named', () => {
    const up = { ...pending, source: 'collector_up', min: columns(0, 1, NaNs) } as const
    expect([...evaluateMetric(metric('collector_up'), [up], 3)]).toEqual([0, 1, NaNs])
  })

  it('are null without their source, whatever else is there', () => {
    expect([...evaluateMetric(gauge, [sent({}, [30], [1])], 1)]).toEqual([NaNs])
  })

  it('have the window as one slot', () => {
    expect(collapseSlots(pending)).toEqual({
      ...pending,
      count: columns(3),
      sum: columns(52),
      min: columns(5),
      max: columns(40),
      last: columns(40),
    })
  })
})

describe('rates', () => {
  const rate = metric('etcd_network_peer_sent_bytes_total_rate')

  it('add the increases of label sets and divide by the largest covered time', () => {
    const series = [
      sent({ peer: '1' }, [30, 30, 0], [60, 90, NaNs]),
      sent({ peer: '2' }, [30, 60, 0], [30, 30, NaNs]),
    ]
    expect([...evaluateMetric(rate, series, 3)]).toEqual([3, 2, NaNs])
  })

  it('leave a label set without a counted delta out, not in as null', () => {
    const series = [sent({ peer: '1' }, [30], [60]), sent({ peer: '2' }, [0], [NaNs])]
    expect([...evaluateMetric(rate, series, 1)]).toEqual([2])
  })

  it('are percent of one core by their factor', () => {
    const cpu = { ...sent({}, [30], [1.5]), source: 'cpu_seconds' } as const
    expect([...evaluateMetric(metric('process_cpu_usage_percent'), [cpu], 1)]).toEqual([5])
  })

  it('are exact over a window: increases and covered seconds add up, rates never', () => {
    const series = [sent({ peer: '1' }, [30, 0, 60], [30, NaNs, 240])]
    expect([...evaluateMetric(rate, series.map(collapseSlots), 1)]).toEqual([3])
  })
})

describe('quantiles', () => {
  const p50 = metric('etcd_disk_wal_fsync_duration_seconds_p50')

  it('come from the merged buckets of the slot; no observation is null', () => {
    const one = fsync([0.001, 0.002], [30, 30], [4, 0], [4, 0], [0, 0])
    expect([...evaluateMetric(p50, [one], 2)]).toEqual([0.001, NaNs])
    expect([...countObservations(p50, [one], 2)]).toEqual([8, 0])
  })

  it('merge layouts by their common bounds, without those that counted nothing in the slot', () => {
    const fine = fsync([0.001, 0.002], [30, 30], [2, 2], [2, 2], [0, 0])
    const coarse = fsync([0.002], [0, 30], [NaNs, 4], [NaNs, 0])
    const [first, second] = evaluateMetric(p50, [fine, coarse], 2)
    expect(first).toBe(0.001)
    expect(second).toBe(0.001) // 8 in (0, 0.002]
    expect([...countObservations(p50, [fine, coarse], 2)]).toEqual([4, 8])
  })

  it('have no value and no count where no delta was counted', () => {
    const none = fsync([0.001], [0], [NaNs], [NaNs])
    expect([...evaluateMetric(p50, [none], 1)]).toEqual([NaNs])
    expect([...countObservations(p50, [none], 1)]).toEqual([NaNs])
    expect([...countObservations(p50, [], 1)]).toEqual([NaNs])
  })
})
