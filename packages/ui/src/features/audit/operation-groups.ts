import { AUDIT_OPERATIONS, type AuditOperation } from '@etcdmonitor/core/audit/audit-event'

export type OperationGroup = 'accounts' | 'commandLine' | 'keys' | 'cluster' | 'console'

const GROUP_OF: Readonly<Record<AuditOperation, OperationGroup>> = {
  login: 'accounts',
  login_lockout: 'accounts',
  change_password: 'accounts',
  logout: 'accounts',
  initial_password_file_deleted: 'accounts',
  cli_reset_password: 'commandLine',
  cli_unlock: 'commandLine',
  cli_user_add: 'commandLine',
  cli_user_disable: 'commandLine',
  cli_user_enable: 'commandLine',
  put: 'keys',
  delete: 'keys',
  defragment: 'cluster',
  snapshot: 'cluster',
  snapshot_ticket: 'cluster',
  alarm_disarm: 'cluster',
  move_leader: 'cluster',
  hashkv: 'cluster',
  compact: 'cluster',
  run_cancel: 'cluster',
  panel_config: 'console',
  audit_export: 'console',
  audit_trimmed: 'console',
  access_refused: 'console',
}

/** Each operation of the log with what it belongs to; those of one group follow each other. */
export const GROUPED_OPERATIONS = AUDIT_OPERATIONS.map((name) => ({ name, group: GROUP_OF[name] }))

/** Whether the log can be asked for it: an address may hold anything. */
export const isOperation = (name: string): boolean => Object.hasOwn(GROUP_OF, name)
