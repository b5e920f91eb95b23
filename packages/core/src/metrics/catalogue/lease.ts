import { counter, gauge, histogram, inSection, rate } from './entries.ts'

/** Leases. */
export const LEASE = inSection('lease', [
  counter('etcd_lease_granted_total', 'lease_granted', 'Leases granted.'),
  rate('etcd_lease_granted_total_rate', 'lease_granted', 'Leases granted, per second.', {
    charts: ['chartLeaseActivity'],
  }),
  counter('etcd_lease_revoked_total', 'lease_revoked', 'Leases revoked.'),
  rate('etcd_lease_revoked_total_rate', 'lease_revoked', 'Leases revoked, per second.', {
    charts: ['chartLeaseActivity'],
  }),
  counter('etcd_lease_renewed_total', 'lease_renewed', 'Lease renewals (leader only).'),
  rate('etcd_lease_renewed_total_rate', 'lease_renewed', 'Lease renewals (leader only), per second.', {
    charts: ['chartLeaseActivity'],
  }),
  counter('etcd_lease_expired_total', 'lease_expired', 'Leases expired.'),
  rate('etcd_lease_expired_total_rate', 'lease_expired', 'Leases expired, per second.', {
    charts: ['chartLeaseActivity'],
  }),
  histogram('etcd_lease_ttl_seconds', 'lease_ttl', 'TTL of granted leases', { origin: 'new' }),
  gauge('etcd_lease_count', 'lease_count', 'Leases of the cluster.', { charts: ['banner:Lease Total'] }),
])
