/** One act on a cluster, of which there is one at a time. */
export type Operation = 'defragment' | 'snapshot' | 'alarm_disarm' | 'move_leader' | 'hashkv' | 'compact'

/** Who holds the lock of a cluster, and since when (Unix ms). */
export interface LockHolder {
  /** ULID of the run. */
  readonly id: string
  readonly operation: Operation
  readonly username: string
  readonly startedAt: number
}
