import { toAuditEvent } from '../accounts/audit-event.ts'
import { openAccounts, toAccountName, unknownAccount } from '../accounts/open-accounts.ts'
import type { UnlockLine } from '../command-line.ts'
import { EXIT } from '../exit-codes.ts'

/** @throws StartRefused, CommandFailed; AppError when the store does not answer */
export async function unlock({ username, config }: UnlockLine): Promise<number> {
  const name = toAccountName(username)
  await using place = await openAccounts(config)
  if (!(await place.state.accounts.find(name))) throw unknownAccount(name) // a misspelt name must not look unlocked
  await place.state.guard.clear(name, toAuditEvent('cli_unlock', name))
  console.error(`unlocked ${name}; failed attempts before now do not count`)
  return EXIT.done
}
