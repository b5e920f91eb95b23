import { describe, expect, it } from 'vitest'
import {
  counterSlots,
  gaugeSlots,
  histogramSlots,
  metricNamed,
  orNull,
  type Pair,
  vector,
} from '../vectors.contract.ts'
import { countObservations, evaluateMetric } from './evaluate-metric.ts'

const evaluate = (name: string, ...[series, slots = 1]: [Parameters<typeof evaluateMetric>[1], number?]) =>
  orNull(evaluateMetric(metricNamed(name), series, slots))

describe('counters', () => {
  it('are the last samples of all label sets together', () => {
    const sent = [
      counterSlots('peer_sent_bytes', [1, 2, null], { peer: '1' }),
      counterSlots('peer_sent_bytes', [10, null, null], { peer: '2' }),
    ]
    expect(evaluate('etcd_network_peer_sent_bytes_total', sent, 3)).toEqual([11, 3, null])
  })

  it('count the observations of a histogram, of the later layout where its bounds changed', () => {
    const before = histogramSlots('wal_fsync', { bounds: [1], buckets: [2, 1], sum: 3, total: 40 })
    const after = histogramSlots('wal_fsync', { bounds: [1, 2], buckets: [5, 0, 0], sum: 2, total: 5 })
    expect(evaluate('etcd_disk_wal_fsync_duration_seconds_count', [before, after])).toEqual([5])
    expect(evaluate('etcd_disk_wal_fsync_duration_seconds_count_rate', [before, after])).toEqual([8 / 60])
  })

  it('keep the label values of their filter', () => {
    const handled = [
      counterSlots('grpc_handled', [1], { method: 'Put', class: 'ok' }),
      counterSlots('grpc_handled', [2], { method: 'Put', class: 'failed' }),
      counterSlots('grpc_handled', [4], { method: 'Range', class: 'other' }),
    ]
    expect(evaluate('grpc_server_handled_total', handled)).toEqual([7])
    expect(evaluate('grpc_server_handled_ok_total', handled)).toEqual([1])
    expect(evaluate('grpc_server_handled_error_total', handled)).toEqual([6])
    expect(evaluate('grpc_server_handled_failed_total_rate', handled)).toEqual([2 / 30])
  })

  it('are 0 for a label value that never came while its siblings are known, and null when none is', () => {
    const requests = counterSlots('client_requests', [5, null], { version: '3.5' })
    expect(evaluate('etcd_server_client_requests_20', [requests], 2)).toEqual([0, null])
    expect(evaluate('etcd_server_client_requests_20_rate', [requests], 2)).toEqual([0, null])
    expect(evaluate('etcd_server_client_requests_20', [], 2)).toEqual([null, null])
  })
})

it('increases add up over label sets, those of a histogram are its observations', () => {
  const failed = [
    counterSlots('peer_sent_failures', [1, null], { peer: '1' }),
    counterSlots('peer_sent_failures', [2, 3], { peer: '2' }),
  ]
  expect(evaluate('etcd_network_peer_sent_failures_total_increase', failed, 2)).toEqual([3, 3])
  const defrag = histogramSlots('backend_defrag', { bounds: [1], buckets: [1, 2], sum: 9, total: 9 })
  expect(evaluate('etcd_disk_backend_defrag_duration_seconds_count_increase', [defrag])).toEqual([3])
})

describe('means', () => {
  it('quantile: are the increase of the sum over that of the count', () => {
    const { input, expect: wanted } = vector<
      { bounds: number[]; previous: number[]; current: number[]; previous_sum: number; current_sum: number },
      { buckets: number[]; mean: number }
    >('quantile')
    const { bounds, previous_sum, current_sum } = input
    const fsync = histogramSlots('wal_fsync', {
      bounds,
      buckets: wanted.buckets,
      sum: current_sum - previous_sum,
      total: 2310,
    })
    const [mean] = evaluate('etcd_disk_wal_fsync_duration_seconds_mean', [fsync])
    expect(mean).toBeCloseTo(wanted.mean, 12)
    expect([
      ...countObservations(metricNamed('etcd_disk_wal_fsync_duration_seconds_mean'), [fsync], 1),
    ]).toEqual([310])
  })

  it('are null without observations', () => {
    const none = histogramSlots('wal_fsync', { bounds: [1], buckets: [0, 0], sum: 0, total: 9 })
    expect(evaluate('etcd_disk_wal_fsync_duration_seconds_mean', [none])).toEqual([null])
    expect(evaluate('etcd_disk_wal_fsync_duration_seconds_mean', [])).toEqual([null])
  })

  it('of GC pauses come from two counters', () => {
    const pauses = [counterSlots('gc_sum', [0.5, 0]), counterSlots('gc_count', [4, 0])]
    expect(evaluate('go_gc_duration_seconds_mean', pauses, 2)).toEqual([0.125, null])
    expect([...countObservations(metricNamed('go_gc_duration_seconds_mean'), pauses, 2)]).toEqual([4, 0])
  })
})

describe('ratios', () => {
  const handled = (increase: number | null, type: string, method = 'Put') =>
    counterSlots('grpc_handled', [increase], { method, class: type })

  it('of increases are those of the slot; null when no call completed', () => {
    expect(evaluate('grpc_server_failed_ratio', [handled(1, 'failed'), handled(3, 'ok')])).toEqual([0.25])
    expect(evaluate('grpc_server_failed_ratio', [handled(3, 'ok')])).toEqual([0])
    expect(evaluate('grpc_server_failed_ratio', [handled(0, 'failed'), handled(0, 'ok')])).toEqual([null])
    expect(evaluate('grpc_server_failed_ratio', [handled(null, 'ok')])).toEqual([null])
    const calls = countObservations(
      metricNamed('grpc_server_failed_ratio'),
      [handled(1, 'failed'), handled(3, 'ok')],
      1,
    )
    expect([...calls]).toEqual([4])
  })

  it('of CPU time are the rate over the cores that the slot has last', () => {
    const cpu = counterSlots('cpu_seconds', [30, 30, 30, null])
    const cores = gaugeSlots('gomaxprocs', [4, null, 0, 4])
    expect(evaluate('process_cpu_saturation_ratio', [cpu, cores], 4)).toEqual([0.25, null, null, null])
  })

  it('quota-usage: are not capped, and null when the quota is off', () => {
    const { input, expect: wanted } = vector<Record<'total' | 'quota', Pair[]>, { samples: Pair[] }>(
      'quota-usage',
    )
    const series = [
      gaugeSlots('db_total', values(input.total)),
      gaugeSlots('quota_bytes', values(input.quota)),
    ]
    expect(evaluate('etcd_mvcc_db_quota_usage_ratio', series, 3)).toEqual(values(wanted.samples))
    const small = [gaugeSlots('db_total', [30]), gaugeSlots('quota_bytes', [20])]
    expect(evaluate('etcd_mvcc_db_quota_usage_ratio', small)).toEqual([1.5])
  })

  it('fragmentation: are between 0 and 1', () => {
    const { input, expect: wanted } = vector<Record<'in_use' | 'total', Pair[]>, { samples: Pair[] }>(
      'fragmentation',
    )
    const series = [
      gaugeSlots('db_in_use', values(input.in_use)),
      gaugeSlots('db_total', values(input.total)),
    ]
    const got = evaluate('etcd_mvcc_db_fragmentation_ratio', series, 3)
    for (const [i, value] of values(wanted.samples).entries())
      if (value === null) expect(got[i]).toBeNull()
      else expect(got[i]).toBeCloseTo(value, 15)
    const odd = [gaugeSlots('db_in_use', [30]), gaugeSlots('db_total', [20])]
    expect(evaluate('etcd_mvcc_db_fragmentation_ratio', odd)).toEqual([0])
  })
})

describe('differences of one tick', () => {
  it('lag: are never below 0', () => {
    const { input, expect: wanted } = vector<Record<'a' | 'b', Pair[]>, { samples: Pair[] }>('lag')
    const positions = (source: 'proposals_committed' | 'proposals_applied', pairs: Pair[]) => ({
      ...counterSlots(
        source,
        pairs.map(() => 0),
      ),
      last: Float64Array.from(pairs, ([, value]) => value ?? Number.NaN),
    })
    const series = [positions('proposals_committed', input.a), positions('proposals_applied', input.b)]
    expect(evaluate('etcd_server_proposals_commit_apply_lag', series, 4)).toEqual(values(wanted.samples))
  })

  it('have no value where one side has none', () => {
    expect(
      evaluate(
        'etcd_mvcc_db_free_bytes',
        [gaugeSlots('db_total', [9, 9]), gaugeSlots('db_in_use', [4, null])],
        2,
      ),
    ).toEqual([5, null])
    expect(evaluate('etcd_mvcc_db_free_bytes', [gaugeSlots('db_in_use', [4])])).toEqual([null])
    expect(evaluate('etcd_mvcc_db_free_bytes', [])).toEqual([null])
  })

  it('count a store that was never compacted from revision 0', () => {
    const revision = counterSlots('current_revision', [70, 10])
    const compacted = gaugeSlots('compact_revision', [-1, 30])
    expect(evaluate('etcd_mvcc_uncompacted_revisions', [revision, compacted], 2)).toEqual([70, 50])
  })

  it('of streams are calls started less completed in any class, also before the first completes', () => {
    const started = counterSlots('grpc_started', [5, 1], { method: 'Watch' })
    const other = counterSlots('grpc_handled', [9, 9], { method: 'Put', class: 'ok' })
    const done = counterSlots('grpc_handled', [2, 1], { method: 'Watch', class: 'failed' })
    expect(evaluate('grpc_server_active_watch_streams', [started, other], 2)).toEqual([5, 6])
    expect(evaluate('grpc_server_active_watch_streams', [started, other, done], 2)).toEqual([3, 3])
    expect(evaluate('grpc_server_active_lease_streams', [started, other, done], 2)).toEqual([0, 0])
    expect(evaluate('grpc_server_active_watch_streams', [started], 2)).toEqual([null, null])
  })
})

describe('gauges of several series', () => {
  it('add up over peers', () => {
    const peers = [
      gaugeSlots('active_peers', [1, 1, null], { peer: '1' }),
      gaugeSlots('active_peers', [1, 0, null], { peer: '2' }),
    ]
    expect(evaluate('etcd_network_active_peers', peers, 3)).toEqual([2, 1, null])
  })

  it('have the one that their filter keeps', () => {
    const pauses = ['0', '0.25', '0.5', '0.75', '1'].map((quantile, i) =>
      gaugeSlots('gc_quantile', [i], { quantile }),
    )
    expect(evaluate('go_gc_duration_seconds_q075', pauses)).toEqual([3])
    expect(evaluate('go_gc_duration_seconds_q050', pauses)).toEqual([2])
  })
})

const values = (pairs: readonly Pair[]) => pairs.map(([, value]) => value)
