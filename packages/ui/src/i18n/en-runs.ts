import type { Operation, RunState } from '@etcdmonitor/core/ports/run-store'

/** What can be done with a cluster, and how it ended: said by the chip, the marks on charts, the pages and the audit log. */
export const RUN_OPERATIONS: Readonly<Record<Operation, string>> = {
  defragment: 'Defragment',
  snapshot: 'Snapshot',
  alarm_disarm: 'Disarm alarm',
  move_leader: 'Move leader',
  hashkv: 'HashKV',
  compact: 'Compact',
}

export const RUN_STATES: Readonly<Record<RunState, string>> = {
  running: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'stopped on request',
  unknown: 'outcome unknown',
  interrupted: 'interrupted',
}
