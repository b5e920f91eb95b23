import { describe, expect, it } from 'vitest'
import type { MemberTicks, ScalarTicks } from '../../ports/metrics-store.ts'
import { METRICS } from '../catalogue.ts'
import type { Labels } from '../sample.ts'
import { foldTicks, placeInSlots } from '../slots/fold-ticks.ts'
import { planWindow } from '../slots/plan-window.ts'
import { tickParts } from '../slots/tick-parts.ts'
import { type SourceId, sourceOf } from '../sources.ts'
import { metricNamed, orNull, type Pair, vector } from '../vectors.contract.ts'
import { evaluateSlots, needsParts } from './evaluate-slots.ts'

const scalar = (source: SourceId, values: readonly (number | null)[], labels: Labels = {}): ScalarTicks => ({
  kind: sourceOf(source).kind as ScalarTicks['kind'], // of scalar sources alone
  source,
  labels,
  values: Float64Array.from(values, (value) => value ?? Number.NaN),
})

/** Ticks every 30 s from 0 on; `seam` of them lie before the window, which has slots of `step` s. */
function evaluate(
  name: string,
  series: readonly ScalarTicks[],
  { step = 60, seam = 0, agg }: { step?: number; seam?: number; agg?: 'min' | 'max' | 'avg' | 'last' } = {},
) {
  const count = series[0]?.values.length ?? 0
  const column = new Float64Array(count).fill(Number.NaN)
  const ticks: MemberTicks = {
    member: { clusterId: '1', memberId: '2' },
    times: Float64Array.from({ length: count }, (_, i) => i * 30_000),
    first: seam,
    intervalSeconds: column,
    clockError: column,
    raftPosition: column,
    series,
  }
  const from = seam * 30_000
  const window = planWindow({
    from,
    to: count * 30_000,
    step: step * 1_000,
    interval: 1_000,
    names: 1,
    members: 1,
  })
  const slots = foldTicks(ticks, placeInSlots(ticks, window.from, window.step, window.slots))
  return orNull(
    evaluateSlots(metricNamed(name), { series: slots, parts: tickParts(ticks, true) }, window, agg),
  )
}
const values = (pairs: readonly Pair[]) => pairs.map(([, value]) => value)

describe('what is computed per tick', () => {
  it('lag: is aggregated like a gauge', () => {
    type Slot = Record<'avg' | 'min' | 'max' | 'last', number>
    const { input, expect: wanted } = vector<Record<'a' | 'b', Pair[]>, { slots: Slot[] }>('lag')
    const series = [
      scalar('proposals_committed', values(input.a)),
      scalar('proposals_applied', values(input.b)),
    ]
    for (const agg of ['avg', 'min', 'max', 'last'] as const)
      expect(evaluate('etcd_server_proposals_commit_apply_lag', series, { step: 120, agg })).toEqual([
        wanted.slots[0]?.[agg],
      ])
  })

  it('fragmentation: leaves out ticks without a value', () => {
    const { input, expect: wanted } = vector<
      Record<'in_use' | 'total', Pair[]>,
      { slots: { avg: number; max: number }[] }
    >('fragmentation')
    const series = [scalar('db_in_use', values(input.in_use)), scalar('db_total', values(input.total))]
    const [avg] = evaluate('etcd_mvcc_db_fragmentation_ratio', series, { step: 90 })
    expect(avg).toBeCloseTo(wanted.slots[0]?.avg ?? 0, 12)
    const [max] = evaluate('etcd_mvcc_db_fragmentation_ratio', series, { step: 90, agg: 'max' })
    expect(max).toBeCloseTo(wanted.slots[0]?.max ?? 0, 12)
  })

  it('is the least sum of one instant over peers, not the sum of what was least', () => {
    const peers = [
      scalar('active_peers', [1, 0, 1, 1], { peer: '7' }),
      scalar('active_peers', [0, 1, 1, 1], { peer: '9' }),
    ]
    expect(evaluate('etcd_network_active_peers', peers, { step: 120 })).toEqual([1])
  })

  it('of gauges needs parts for the sum of peers alone, not for one peer nor for a quantile of a summary', () => {
    const gauges = METRICS.filter(({ kind }) => kind === 'gauge')
    expect(gauges.filter((metric) => needsParts(metric)).map(({ name }) => name)).toEqual([
      'etcd_network_active_peers',
    ])
  })

  it('is the age of the process at each tick', () => {
    const start = [scalar('start_time', [-100, -100, 50, null])]
    expect(evaluate('process_uptime_seconds', start)).toEqual([130, 10])
    expect(evaluate('process_uptime_seconds', start, { agg: 'max' })).toEqual([130, 10])
    expect(evaluate('process_uptime_seconds', start, { agg: 'min' })).toEqual([100, 10])
  })
})

describe('restarts', () => {
  const start = [scalar('start_time', [-9, 25, 55, 55, 115, 115]), scalar('cpu_seconds', [9, 1, 1, 2, 1, 2])]

  it('of a slot are those of its ticks, the first counted against the seam', () => {
    expect(evaluate('process_restarts', start)).toEqual([1, 1, 1])
    expect(evaluate('process_restarts', start, { step: 180 })).toEqual([3])
    expect(evaluate('process_restarts', start, { seam: 2, step: 60 })).toEqual([1, 1])
  })

  it('are null before two ticks are known', () => {
    expect(
      evaluate(
        'process_restarts',
        start.map((one) => ({ ...one, values: one.values.slice(0, 2) })),
        { step: 30 },
      ),
    ).toEqual([null, 1])
  })
})

it('failed-ratio: counts a class that appears from 0, beside its sibling', () => {
  const { input, expect: wanted } = vector<Record<'ok' | 'failed', Pair[]>, [number]>('failed-ratio')
  const failed = new Map(input.failed)
  const series = [
    scalar('grpc_handled', values(input.ok), { method: 'Put', class: 'ok' }),
    scalar(
      'grpc_handled',
      input.ok.map(([t]) => failed.get(t) ?? null),
      { method: 'Put', class: 'failed' },
    ),
  ]
  const [ratio] = evaluate('grpc_server_failed_ratio', series, { step: 90 })
  expect(ratio).toBeCloseTo(wanted[0], 15)
})

describe('an aggregate', () => {
  const put = [scalar('put', [0, 30, 630, 660])]

  it('that is not offered answers the default', () => {
    expect(evaluate('etcd_mvcc_put_total', put, { agg: 'min' })).toEqual([30, 660])
    const pause = [scalar('gc_quantile', [1, 3], { quantile: '0.5' })]
    expect(evaluate('go_gc_duration_seconds_q05', pause, { agg: 'avg' })).toEqual([3])
  })

  it('of a rate or an increase other than the exact one is over single deltas', () => {
    expect(evaluate('etcd_mvcc_put_total_rate', put, { step: 120 })).toEqual([660 / 90])
    expect(evaluate('etcd_mvcc_put_total_rate', put, { step: 120, agg: 'max' })).toEqual([20])
    expect(evaluate('etcd_mvcc_put_total_rate', put, { step: 120, agg: 'last' })).toEqual([1])
  })
})
