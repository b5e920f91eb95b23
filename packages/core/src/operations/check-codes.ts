import type { MemberId } from '../etcd/member.ts'

/** What may stand in the way of an operation, or beside it (operations.md 5.2 and 12.2). Answers keep this order. */
export const CHECK_CODES = [
  'operation_in_progress',
  'cluster_changed',
  'no_leader',
  'member_unreachable',
  'quorum_at_risk',
  'voter_unhealthy',
  'lagging',
  'not_a_voter',
  'no_root_role',
  'alarm_corrupt',
  'alarm_nospace',
  'known_bad_version',
  'defrag_elsewhere',
  'open_reader',
  'leader_in_place',
  'write_outage',
  'disk_space',
  'failure_is_fatal',
  'little_to_reclaim',
  'version_skew',
  'no_transfer_target',
  'quota_still_exceeded',
  'corrupt_not_cleared',
  'corrupt_active',
  'retains_little',
  'kubernetes',
  'compacts_by_itself',
  'slow_watchers',
  'unchecked',
] as const
export type CheckCode = (typeof CHECK_CODES)[number]

export interface Finding {
  /** A sentence for people. */
  readonly message: string
  readonly memberId?: MemberId
}

export interface Check extends Finding {
  readonly code: CheckCode
}

/** A blocker refuses the operation (`health_gate_failed`), a warning is only said. */
export interface Checks {
  readonly blockers: readonly Check[]
  readonly warnings: readonly Check[]
}
