import type { ClusterView } from '../etcd/cluster-view.ts'
import type { MemberId, MemberStatus } from '../etcd/member.ts'
import type { EtcdKeys } from './etcd-keys.ts'

export interface CallOptions {
  /** Ends the call with `signal.reason`. */
  readonly signal?: AbortSignal
  /** Milliseconds for the whole call: connecting, logging in and other members included. */
  readonly deadline?: number
}

/** Why a member's page could not be had whole: data, not an error. */
export interface ScrapeFailure {
  /** The set of metrics.md 2.4. */
  readonly reason: ScrapeReason
  /** At most 200 characters, may be `""`; of the server's text only the HTTP status number. */
  readonly detail: string
}

export type ScrapeReason =
  | 'timeout'
  | 'refused'
  | 'dns'
  | 'tls'
  | 'status'
  | 'grpc_only'
  | 'truncated'
  | 'too_large'
  | 'parse'
  | 'blocked_url'

/** The cluster as a whole: who is there and how they are. Never rejects because etcd is down. */
export interface EtcdTopology {
  /**
   * The newest view; refreshed first when older than `maxAge` ms (default 5,000), waiting at most `wait` ms (default 2,000)
   * for it. The member list is read again when it is older than `listMaxAge` ms (default 60,000). Calls at the same time share one refresh.
   */
  view(options?: {
    readonly maxAge?: number
    readonly wait?: number
    readonly listMaxAge?: number
  }): Promise<ClusterView>
}

/**
 * Calls to one member, each one attempt. Every method may reject with an AppError of the codes in etcd.md 5.3 (`details.failure` is
 * the EtcdFailure), and with `signal.reason` after an abort.
 */
export interface EtcdMaintenance {
  /** Answered or not, it enters the view as a probe of that member. @throws AppError `member_unreachable`, `etcd_timeout`, … */
  status(member: MemberId, options?: CallOptions): Promise<MemberStatus>
  /** The decoded `/metrics` page after steps 1 to 6 of metrics.md 2.3. Rejects with `signal.reason` alone. */
  metricsPage(member: MemberId, options?: CallOptions): Promise<Uint8Array | ScrapeFailure>
  /** How many leases the member knows; reads all their ids. */
  leaseCount(member: MemberId, options?: CallOptions): Promise<number>
}

/** One cluster. Disposing it cancels every call and closes every connection. */
export interface EtcdCluster extends EtcdTopology, EtcdKeys, EtcdMaintenance, AsyncDisposable {}
