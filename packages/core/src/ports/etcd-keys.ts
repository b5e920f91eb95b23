import type { MemberId, Revision } from '../etcd/member.ts'
import type { KeyEntry, KeyPage, KeyRange, LeaseId } from '../keys/key-entry.ts'
import type { CallOptions } from './call-options.ts'

export interface RangeQuery extends KeyRange {
  /** 1 to 50,000 entries; 0 = count only. */
  readonly limit: number
  readonly values: boolean
  /** Absent: current. */
  readonly revision?: Revision | undefined
  /** True: any voter's own state, no quorum needed. */
  readonly serializable: boolean
}

export interface ScanQuery extends KeyRange {
  readonly values: boolean
  readonly revision?: Revision | undefined
}

/** A slice of a scan: at most 2,000 entries, which are views on one received buffer: copy what you keep. */
export interface KeyBatch {
  readonly entries: readonly KeyEntry[]
  /** Another batch of this range follows. */
  readonly more: boolean
  readonly memberId: MemberId
  readonly revision: Revision
}

/** What happens to the key's lease. `keep`: the present one, none for a new key. `grantSeconds`: a new one. */
export type LeaseChoice = 'keep' | 'none' | { readonly grantSeconds: number }

export interface PutChange {
  readonly key: Uint8Array
  readonly value: Uint8Array
  readonly lease: LeaseChoice
  /** The key's mod revision must equal it; `"0"`: the key must not exist. */
  readonly ifModRevision?: Revision | undefined
}

export interface PutResult {
  /** Read in the same transaction, value included. */
  readonly entry: KeyEntry
  readonly revision: Revision
  readonly created: boolean
  /** With `grantSeconds`: what etcd granted, which may be more. */
  readonly grantedSeconds?: number
}

export interface RemoveChange {
  /** 1 to 2 disjoint ranges, removed in one transaction. */
  readonly ranges: readonly KeyRange[]
  /** Of a single key. */
  readonly ifModRevision?: Revision | undefined
  /** No key in the ranges may have a mod revision above it. */
  readonly ifUnchangedSince?: Revision | undefined
}

export interface Removal {
  readonly deleted: number
  readonly revision: Revision
}

/** What our etcd user, which lacks the root role, may do: disjoint ranges in byte order. */
export interface KeyGrants {
  readonly user: string
  readonly read: readonly KeyRange[]
  readonly write: readonly KeyRange[]
}

/**
 * Keys and leases. Bytes in, bytes out. Safe to call concurrently; changes are never repeated. Every method may reject with an AppError of
 * etcd.md 5.3 (`details.failure` is the EtcdFailure), and with `signal.reason` after an abort.
 */
export interface EtcdKeys {
  /**
   * One page of a range in byte order; fewer than `limit` keys, and `more`, where the reply would be too large.
   * @throws AppError `revision_compacted`, `revision_in_future`, `permission_denied`
   */
  range(query: RangeQuery, options?: CallOptions): Promise<KeyPage>
  /**
   * The whole range in byte order at one revision, `revision` or that of the first batch. Each page has `deadline`. A range without
   * keys gives one empty batch. Leaving the iteration ends the calls to etcd.
   */
  scan(query: ScanQuery, options?: CallOptions): AsyncIterable<KeyBatch>
  /**
   * One transaction. @throws AppError `revision_conflict` (nothing written; details `current_revision`, `"0"`: no such key),
   * `outcome_unknown` (details `lease_id` when a lease was granted for it), `etcd_nospace`, `payload_too_large`
   */
  put(change: PutChange, options?: CallOptions): Promise<PutResult>
  /**
   * One transaction; how many keys went. A missing key is 0. @throws as `put`; `revision_conflict` of `ifUnchangedSince` has details
   * `count`: the keys that are there now
   */
  remove(change: RemoveChange, options?: CallOptions): Promise<Removal>
  /** What etcd's roles allow us; `undefined`: everything, or it cannot be found out. Kept for 30 s, or until a range is refused. */
  grants(options?: CallOptions): Promise<KeyGrants | undefined>
  /** Seconds left per lease, 0 = past its end but not removed yet; what cannot be looked up is absent. At most 1,000, 16 at a time. */
  leaseSeconds(ids: readonly LeaseId[], options?: CallOptions): Promise<ReadonlyMap<LeaseId, number>>
}
