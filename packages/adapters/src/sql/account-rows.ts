import type { Account, NewAccount } from '@etcdmonitor/core/ports/state-store'
import type { UserRow } from './state-tables.ts'

export const toRow = (account: NewAccount, at: number): UserRow => ({
  id: account.id,
  username: account.username,
  password_hash: account.passwordHash,
  role: 'admin',
  must_change_password: account.mustChangePassword ? 1 : 0,
  enabled: 1,
  created_at: at,
  updated_at: at,
  password_changed_at: at,
  last_login_at: null,
})

export const toAccount = (row: UserRow): Account => ({
  id: row.id,
  username: row.username,
  passwordHash: row.password_hash,
  role: row.role,
  mustChangePassword: row.must_change_password === 1,
  enabled: row.enabled === 1,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  passwordChangedAt: row.password_changed_at,
  ...(row.last_login_at !== null && { lastLoginAt: row.last_login_at }),
})
