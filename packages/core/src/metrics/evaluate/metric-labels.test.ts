import { describe, expect, it } from 'vitest'
import { counterSlots, gaugeSlots, metricNamed, orNull } from '../vectors.contract.ts'
import { evaluateMetric } from './evaluate-metric.ts'
import { spreadLabels } from './metric-labels.ts'

const keys = (name: string, ...series: Parameters<typeof spreadLabels>[1]) =>
  spreadLabels(metricNamed(name), series).map((one) => one.name)
const sent = (peer: string, increase = 1) => counterSlots('peer_sent_bytes', [increase], { peer })

describe('labelled series', () => {
  it('are one per label value, peers by their number', () => {
    expect(keys('etcd_network_peer_sent_bytes_total_rate_by_peer', sent('12'), sent('9'))).toEqual([
      'etcd_network_peer_sent_bytes_total_rate_by_peer{peer="9"}',
      'etcd_network_peer_sent_bytes_total_rate_by_peer{peer="12"}',
    ])
  })

  it('leave out the peer that samples without one are counted for', () => {
    expect(keys('etcd_network_peer_sent_bytes_total_rate_by_peer', sent('0'))).toEqual([])
  })

  it('leave out what is 0 in the whole window beside its siblings, but not a gauge that is 0', () => {
    expect(keys('etcd_network_peer_sent_bytes_total_rate_by_peer', sent('7', 0), sent('9'))).toHaveLength(1)
    const down = gaugeSlots('active_peers', [0], { peer: '7' })
    expect(keys('etcd_network_active_peers_by_peer', down)).toEqual([
      'etcd_network_active_peers_by_peer{peer="7"}',
    ])
  })

  it('of a ratio are those of its denominator', () => {
    const handled = [
      counterSlots('grpc_handled', [3], { method: 'Range', class: 'ok' }),
      counterSlots('grpc_handled', [1], { method: 'Put', class: 'failed' }),
      counterSlots('grpc_handled', [3], { method: 'Put', class: 'ok' }),
    ]
    const [put, range] = spreadLabels(metricNamed('grpc_server_failed_ratio_by_method'), handled)
    expect([put?.name, range?.name]).toEqual([
      'grpc_server_failed_ratio_by_method{method="Put"}',
      'grpc_server_failed_ratio_by_method{method="Range"}',
    ])
    expect(put && orNull(evaluateMetric(put, handled, 1))).toEqual([0.25])
    expect(range && orNull(evaluateMetric(range, handled, 1))).toEqual([0])
    expect(keys('grpc_server_handled_failed_rate_by_method', ...handled)).toEqual([
      'grpc_server_handled_failed_rate_by_method{method="Put"}',
    ])
  })

  it('are the metric itself where it has no label', () => {
    expect(keys('etcd_network_peer_sent_bytes_total_rate', sent('9'))).toEqual([
      'etcd_network_peer_sent_bytes_total_rate',
    ])
  })
})
