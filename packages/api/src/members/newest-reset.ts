import type { DataReset } from '@etcdmonitor/core/etcd/data-reset'
import type { Membership } from './membership.ts'

/** The later of what this process saw and what the collector stored of the cluster (etcd.md 6.5); undefined: none. */
export function newestReset({ view, stored, clusterId }: Membership): DataReset | undefined {
  const kept = stored.flatMap(({ member, info }) =>
    member.clusterId === clusterId && info?.dataReset ? [info.dataReset] : [],
  )
  return kept.reduce((newest, one) => (newest && newest.at >= one.at ? newest : one), view.dataReset)
}
