import { expect, it } from 'vitest'
import { describeScrapeFailure } from './scrape-reason.ts'

it.each([
  [
    { reason: 'grpc_only', detail: '' },
    false,
    /^grpc_only: this port answers gRPC only.*etcd\.metrics_endpoint$/,
  ],
  [
    { reason: 'parse', detail: 'wrong_member' },
    true,
    /^parse: the page is that of another member.*one URL per endpoint$/,
  ],
  [
    { reason: 'parse', detail: 'wrong_cluster' },
    true,
    /^parse: what answers there belongs to another cluster/,
  ],
  [{ reason: 'refused', detail: '' }, true, /^refused: nothing listens there; kubeadm.*127\.0\.0\.1/],
  [{ reason: 'refused', detail: '' }, false, /^refused$/],
  [
    { reason: 'refused', detail: 'not started (peer b:2380)' },
    true,
    /^refused: not started \(peer b:2380\)$/,
  ],
  [
    { reason: 'refused', detail: 'not in the member list' },
    true,
    /^refused: no endpoint of etcd has answered yet/,
  ],
  [{ reason: 'status', detail: '503' }, false, /^status: 503$/],
  [{ reason: 'timeout', detail: '' }, false, /^timeout$/],
] as const)(
  'M2 M3 says the way out of %j with a metrics endpoint: %s',
  (failure, hasMetricsEndpoint, text) => {
    const sentence = describeScrapeFailure(failure, { hasMetricsEndpoint })
    expect(sentence).toMatch(text)
    expect(sentence.length).toBeLessThanOrEqual(220)
  },
)
