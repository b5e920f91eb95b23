import type { AuditOperation } from '@etcdmonitor/core/audit/audit-event'
import type { AuditMessages } from './audit-messages.ts'
import { RUN_OPERATIONS } from './en-runs.ts'
import type { Messages } from './messages.ts'
import { own } from './own.ts'

const plural = new Intl.PluralRules('en')
const counted = (count: number, one: string, other: string) =>
  `${count.toLocaleString('en')} ${plural.select(count) === 'one' ? one : other}`

export const enAudit: Omit<AuditMessages, keyof Messages> = {
  audit: {
    title: 'Audit log',
    table: 'Audit log, newest first',
    columns: {
      time: 'Time',
      user: 'User',
      operation: 'Operation',
      target: 'Target',
      result: 'Result',
      duration: 'Duration',
      address: 'Address',
    },
    details: {
      time: 'Time',
      params: 'Parameters',
      code: 'Code',
      result: 'Result',
      request: 'Request',
      run: 'Run',
      cluster: 'Cluster',
      count: 'Equal events',
      id: 'Entry',
    },
    showDetails: (operation) => `Details of ${operation}`,
    outcomes: {
      succeeded: 'succeeded',
      failed: 'failed',
      refused: 'refused',
      unknown: 'unknown',
      interrupted: 'interrupted',
      pending: 'in progress',
    },
    operation: (name) => own(OPERATIONS, name) ?? name,
    groups: {
      accounts: 'Sign-in and passwords',
      commandLine: 'Command line on the host',
      keys: 'Keys',
      cluster: 'Operations on the cluster',
      console: 'This console',
    },
    filters: {
      region: 'Filter',
      operation: 'Operation',
      user: 'User',
      text: 'Text in target, parameters or result',
      outcome: 'Outcome',
      from: 'From',
      to: 'To',
      apply: 'Apply',
      clear: 'Clear',
    },
    all: 'All',
    succeeded: 'Succeeded',
    notSucceeded: 'Not succeeded',
    faults: {
      time: 'Date and time are needed, or none of both',
      order: 'End must be after start',
    },
    zone: (zone) => `Times in ${zone}`,
    total: (count) => counted(count, 'entry', 'entries'),
    older: 'Older',
    newest: 'Newest',
    newer: (count) => `Show ${counted(count, 'newer entry', 'newer entries')}`,
    disabled: 'Operations are switched off on the server (ops.ops_enable: false).',
    disabledAdvice: 'The audit log can be exported on its host:',
    empty: 'Nothing was recorded yet.',
    emptyFiltered: 'No entry matches this filter.',
    exportCsv: 'Export CSV',
    exportText: (filter) => `Every entry that matches is exported, not only those of this page: ${filter}.`,
    exportAll: 'no filter, all entries',
    exportOpening:
      'The file has commas and UTF-8. Where the list separator is a semicolon (as in German or French settings), import it as text with ' +
      'these, instead of opening it: a program that cuts at semicolons may take a part of an entry for a formula.',
    start: 'Export',
    cancel: 'Cancel',
    close: 'Close',
    received: (size) => `${size} received…`,
    saved: (size) => `Saved, ${size}.`,
    incomplete: 'Incomplete, discarded.',
  },
}

const OPERATIONS: Readonly<Record<AuditOperation, string>> = {
  login: 'Sign in',
  login_lockout: 'Account locked',
  change_password: 'Change password',
  logout: 'Sign out',
  initial_password_file_deleted: 'First password file deleted',
  cli_reset_password: 'Reset password (command line)',
  cli_unlock: 'Unlock (command line)',
  cli_user_add: 'Add user (command line)',
  cli_user_disable: 'Disable user (command line)',
  cli_user_enable: 'Enable user (command line)',
  put: 'Put key',
  delete: 'Delete keys',
  ...RUN_OPERATIONS,
  snapshot_ticket: 'Snapshot ticket',
  run_cancel: 'Cancel run',
  panel_config: 'Panels and cards',
  audit_export: 'Export audit log',
  audit_trimmed: 'Audit log trimmed',
  access_refused: 'Access refused',
}
