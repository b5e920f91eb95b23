import type { MemberId, Revision } from '../etcd/member.ts'

/** An etcd lease as a decimal string. */
export type LeaseId = string

/** Bytes from `from` (inclusive) to `to` (exclusive). An empty `from` is the first key there can be, an empty `to` the end of the keyspace. */
export interface KeyRange {
  readonly from: Uint8Array
  readonly to: Uint8Array
}

export interface KeyEntry {
  readonly key: Uint8Array
  readonly createRevision: Revision
  readonly modRevision: Revision
  /** The key's own count of changes since it was created. */
  readonly keyVersion: string
  readonly leaseId?: LeaseId
  /** Present exactly when values were asked for; may be empty. */
  readonly value?: Uint8Array
}

export interface KeyPage {
  /** In byte order. */
  readonly entries: readonly KeyEntry[]
  /** The member that answered. */
  readonly memberId: MemberId
  readonly revision: Revision
  /** Keys in the whole range that was asked for, at this revision, this page included. */
  readonly count: number
  readonly more: boolean
}
