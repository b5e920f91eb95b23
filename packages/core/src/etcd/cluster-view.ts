import type { DataReset } from './data-reset.ts'
import type { EtcdFailure } from './failure.ts'
import type { ClusterId, Member, MemberId, MemberStatus } from './member.ts'

export interface MemberView extends Member {
  /** URL that reaches this member; `""` if none passed. */
  readonly endpoint: string
  /** The configured endpoint whose Status named this member, in configured order; -1 if none. */
  readonly configuredIndex: number
  /** Newest answer, kept while the member is silent. */
  readonly status?: MemberStatus
  /** Unix ms of the newest probe, answered or not. */
  readonly probedAt?: number
  /** Why the newest probe failed; absent when it was answered. */
  readonly failure?: EtcdFailure
}

export interface EndpointView {
  readonly url: string
  readonly memberId?: MemberId
  /** `balancer`: answered for different members. `proxy`: no member itself. Neither is used for calls to one member. */
  readonly role: 'member' | 'balancer' | 'proxy' | 'unknown'
  readonly failure?: EtcdFailure
  readonly latencyMs?: number
  readonly checkedAt?: number
}

/** What was last seen of the cluster. A plain value; holds even when every member is down (etcd.md 3). */
export interface ClusterView {
  /** Absent until some member answered once. */
  readonly clusterId?: ClusterId
  /** Sorted by name, then numerically by id. `[]` until a member answered once. */
  readonly members: readonly MemberView[]
  /** From the Status with the highest raft term among the newest answers. */
  readonly leaderId?: MemberId
  /** One per configured endpoint, in configured order. */
  readonly endpoints: readonly EndpointView[]
  /** Unix ms of the member list, and of the newest round of probes. */
  readonly listedAt?: number
  readonly probedAt?: number
  /** The last reading of the member list failed. */
  readonly stale: boolean
  /** The newest that this process saw; absent: none. */
  readonly dataReset?: DataReset
}
