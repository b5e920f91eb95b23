import type { ScrapeFailure } from '../../ports/etcd-cluster.ts'

const GRPC_ONLY =
  "this port answers gRPC only; etcd's HTTP listener is elsewhere (--listen-client-http-urls, --listen-metrics-urls): set etcd.metrics_endpoint"
const WRONG_MEMBER =
  'the page is that of another member; a template cannot tell members of one host apart: give etcd.metrics_endpoint as a list, one URL per endpoint'
const WRONG_CLUSTER =
  'what answers there belongs to another cluster now: nothing of it is stored under the old one'
const KUBEADM =
  "nothing listens there; kubeadm binds etcd's metrics listener to 127.0.0.1 unless told otherwise"
const NOT_FOUND = 'no endpoint of etcd has answered yet, so that the address of this member is not known'
const MAX_TEXT = 220

/** Reason and sentence of a failed scrape for people, with the way out where there is one (metrics.md 2.4); at most 220 characters. */
export function describeScrapeFailure(
  { reason, detail }: ScrapeFailure,
  { hasMetricsEndpoint }: { readonly hasMetricsEndpoint: boolean },
): string {
  const sentence = wayOut() ?? detail
  return `${reason}${sentence === '' ? '' : `: ${sentence}`}`.slice(0, MAX_TEXT)

  function wayOut(): string | undefined {
    if (reason === 'grpc_only') return GRPC_ONLY
    if (reason === 'parse' && detail === 'wrong_member') return WRONG_MEMBER
    if (reason === 'parse' && detail === 'wrong_cluster') return WRONG_CLUSTER
    // who is asked was listed, by this run or by the last one
    if (reason === 'refused' && detail === 'not in the member list') return NOT_FOUND
    // with a detail no socket was refused: the member has not started, or nobody told where it is
    return reason === 'refused' && detail === '' && hasMetricsEndpoint ? KUBEADM : undefined
  }
}
