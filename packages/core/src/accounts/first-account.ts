import type { Account } from '../ports/state-store.ts'

/** Name of the account that the first start makes. */
export const FIRST_ACCOUNT = 'admin'

/**
 * The password that an account was made with is still to be changed. One that was reset waits for a change, too, but of a password that its
 * owner was told: no file of the first start has it.
 */
export const hasFirstPassword = ({
  mustChangePassword,
  createdAt,
  passwordChangedAt,
}: Pick<Account, 'mustChangePassword' | 'createdAt' | 'passwordChangedAt'>): boolean =>
  mustChangePassword && passwordChangedAt === createdAt
