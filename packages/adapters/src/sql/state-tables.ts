import type { AccountName } from '@etcdmonitor/core/ports/state-store'
import type { AuditTable } from './audit-table.ts'
import type { InstanceRow, RunLockRow, RunRow } from './run-tables.ts'

/** 0 or 1. */
export type Flag = number

/** Tables of the state database as both engines give their rows (storage.md 7.2). Instants are Unix ms. */
export interface StateTables {
  users: UserRow
  sessions: SessionRow
  tickets: TicketRow
  login_guards: LoginGuardRow
  login_reservations: LoginReservationRow
  panel_configs: PanelConfigRow
  audit_log: AuditTable
  instances: InstanceRow
  ops_runs: RunRow
  ops_lock: RunLockRow
}

export interface UserRow {
  id: string
  username: AccountName
  password_hash: string
  role: 'admin'
  must_change_password: Flag
  enabled: Flag
  created_at: number
  updated_at: number
  password_changed_at: number
  last_login_at: number | null
}

export interface SessionRow {
  id_hash: Uint8Array<ArrayBuffer>
  user_id: string
  kid: string
  created_at: number
  /** 0 = never. */
  expires_at: number
  last_seen_at: number
  address: string
  user_agent: string
}

export interface TicketRow {
  hash: Uint8Array<ArrayBuffer>
  session_hash: Uint8Array<ArrayBuffer>
  user_id: string
  cluster_id: string
  member_id: string
  expires_at: number
}

export interface LoginGuardRow {
  name: AccountName
  failed: number
  /** 0 = not locked. */
  locked_until: number
  last_failure_at: number
}

export interface LoginReservationRow {
  id: string
  name: AccountName
  started_at: number
}

export interface PanelConfigRow {
  user_id: string
  /** JSON. */
  document: string
  updated_at: number
}
