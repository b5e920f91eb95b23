import type { AccountName } from '../ports/state-store.ts'

const FORM = /^[a-z0-9][a-z0-9._-]{0,63}$/

/** The one canonical name of what was typed (ASCII letters lowered), or undefined when no account can have it (`security.md` 2). */
export function parseAccountName(typed: string): AccountName | undefined {
  const name = typed.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
  return FORM.test(name) ? name : undefined
}
