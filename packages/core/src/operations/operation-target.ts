import type { MemberId } from '../etcd/member.ts'

/** An operation as the checks tell them apart: one member, or several in turn. */
export type Column =
  | 'defragment'
  | 'rolling'
  | 'snapshot'
  | 'compact'
  | 'move_leader'
  | 'hashkv'
  | 'alarm_disarm'

export interface Target {
  readonly column: Column
  /** Members that are touched: of `move_leader` the one that is to lead. `[]`: no single one. */
  readonly memberIds: readonly MemberId[]
  /** The leader is moved before it is touched. */
  readonly movesLeader?: boolean
  /** Revisions that a compaction keeps. */
  readonly retainCount?: number
}
