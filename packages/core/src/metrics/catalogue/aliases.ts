/** Other spellings that existing clients use → the metric they mean. Our own panels never use them. */
export const ALIASES: Readonly<Record<string, string>> = {
  go_gc_duration_seconds_q050: 'go_gc_duration_seconds_q05',
  etcd_server_client_requests_v34: 'etcd_server_client_requests_34',
  etcd_server_client_requests_v34_rate: 'etcd_server_client_requests_34_rate',
  etcd_server_client_requests_v35: 'etcd_server_client_requests_35',
  etcd_server_client_requests_v35_rate: 'etcd_server_client_requests_35_rate',
  etcd_server_client_requests_v36: 'etcd_server_client_requests_36',
  etcd_server_client_requests_v36_rate: 'etcd_server_client_requests_36_rate',
  etcd_server_client_requests_v37: 'etcd_server_client_requests_37',
  etcd_server_client_requests_v37_rate: 'etcd_server_client_requests_37_rate',
  etcd_server_proposals_failed_total_rate: 'etcd_server_proposals_failed_rate',
}
