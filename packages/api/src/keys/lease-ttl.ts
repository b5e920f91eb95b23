import type { KeyEntry, LeaseId } from '@etcdmonitor/core/keys/key-entry'
import type { CallOptions } from '@etcdmonitor/core/ports/call-options'
import type { EtcdKeys } from '@etcdmonitor/core/ports/etcd-keys'

/** Leases of an answer that are looked up. */
const MAX_LEASES = 1_000

/** Seconds left of the leases of these keys, each looked up once. */
export function lookUpTtl(
  etcd: Pick<EtcdKeys, 'leaseSeconds'>,
  entries: readonly KeyEntry[],
  options: CallOptions,
): Promise<ReadonlyMap<LeaseId, number>> | undefined {
  const ids = new Set(entries.flatMap(({ leaseId }) => (leaseId === undefined ? [] : [leaseId])))
  return ids.size === 0 ? undefined : etcd.leaseSeconds([...ids].slice(0, MAX_LEASES), options)
}
