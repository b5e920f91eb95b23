import type { OperationGroup } from '../features/audit/operation-groups.ts'
import type { Messages } from './messages.ts'

/** With what only the audit log says: not in the first load. */
export interface AuditMessages extends Messages {
  readonly audit: {
    readonly title: string
    readonly table: string
    readonly columns: Readonly<
      Record<'time' | 'user' | 'operation' | 'target' | 'result' | 'duration' | 'address', string>
    >
    readonly details: Readonly<
      Record<'time' | 'params' | 'code' | 'result' | 'request' | 'run' | 'cluster' | 'count' | 'id', string>
    >
    readonly showDetails: (operation: string) => string
    readonly outcomes: Readonly<
      Record<'succeeded' | 'failed' | 'refused' | 'unknown' | 'interrupted' | 'pending', string>
    >
    readonly operation: (name: string) => string
    readonly groups: Readonly<Record<OperationGroup, string>>
    readonly filters: Readonly<
      Record<'region' | 'operation' | 'user' | 'text' | 'outcome' | 'from' | 'to' | 'apply' | 'clear', string>
    >
    readonly all: string
    readonly succeeded: string
    readonly notSucceeded: string
    readonly faults: Readonly<Record<'time' | 'order', string>>
    readonly zone: (zone: string) => string
    readonly total: (count: number) => string
    readonly older: string
    readonly newest: string
    readonly newer: (count: number) => string
    readonly disabled: string
    /** Before the command that does it. */
    readonly disabledAdvice: string
    readonly empty: string
    readonly emptyFiltered: string
    readonly exportCsv: string
    readonly exportText: (filter: string) => string
    readonly exportAll: string
    readonly exportOpening: string
    readonly start: string
    readonly cancel: string
    readonly close: string
    readonly received: (size: string) => string
    readonly saved: (size: string) => string
    readonly incomplete: string
  }
}
