/** An etcd 64-bit identifier as a decimal string without sign or leading zeros. `"0"` never names a member. */
export type MemberId = string
export type ClusterId = string
/** A 64-bit revision as a decimal string; never compared as text. */
export type Revision = string

export interface Member {
  readonly id: MemberId
  /** `""` while the member has not started. */
  readonly name: string
  /** As advertised, at most 16 each; not yet checked against the address policy. */
  readonly clientUrls: readonly string[]
  readonly peerUrls: readonly string[]
  readonly isLearner: boolean
}

export interface Alarm {
  /** `"0"` is possible for CORRUPT: etcd 3.5 and later may not know which member is wrong. */
  readonly memberId: MemberId
  /** `NOSPACE`, `CORRUPT`, or `UNKNOWN(<number>)` for a type added by a later etcd. */
  readonly type: string
}

export interface MemberStatus {
  readonly memberId: MemberId
  readonly clusterId: ClusterId
  readonly serverVersion: string
  readonly dbSizeBytes: number
  readonly dbSizeInUseBytes: number
  /** From etcd 3.6 on; absent before. */
  readonly dbSizeQuotaBytes?: number
  /** Absent: this member knows no leader. */
  readonly leaderId?: MemberId
  readonly revision: Revision
  readonly raftTerm: string
  readonly raftIndex: string
  readonly raftAppliedIndex: string
  readonly isLearner: boolean
  /** Texts of etcd, alarms and "no leader" taken out; at most 10 of 200 characters. */
  readonly errors: readonly string[]
  /** Alarms as this member last applied them; needs no quorum. */
  readonly alarms: readonly Alarm[]
  /** From etcd 3.6 on. */
  readonly storageVersion?: string
}
