import { firstStartFiles } from '@etcdmonitor/adapters/node/first-start-files'
import { randomBytes as random } from '@etcdmonitor/adapters/node/random'
import { FIRST_ACCOUNT } from '@etcdmonitor/core/accounts/first-account'
import { AppError } from '@etcdmonitor/core/errors'
import { toAuditEvent } from '../accounts/audit-event.ts'
import { choosePassword, showPassword } from '../accounts/choose-password.ts'
import { type AccountsPlace, openAccounts, toAccountName, unknownAccount } from '../accounts/open-accounts.ts'
import { CommandFailed } from '../command-failed.ts'
import type { ResetLine } from '../command-line.ts'
import { EXIT } from '../exit-codes.ts'

/** @throws StartRefused, UsageError, CommandFailed; AppError when the store does not answer */
export async function resetPassword({ username, generate, config: file }: ResetLine): Promise<number> {
  const name = toAccountName(username)
  await using place = await openAccounts(file)
  const { state, config } = place
  const account = await state.accounts.find(name)
  if (!account) throw unknownAccount(name)
  const password = await choosePassword({ username: name, config, generate })
  const audit = toAuditEvent('cli_reset_password', name)
  if ((await state.accounts.resetPassword({ name, to: password.hash, audit })) === 'unknown')
    throw unknownAccount(name)
  console.error(`reset the password of ${name}; its lock and all its sessions have ended`)
  if (!account.enabled) console.error(`${name} is disabled: etcdmonitor users enable ${name}`)
  showPassword(password, name) // first: nobody else knows it, and the rest may fail
  if (name === FIRST_ACCOUNT) await discardFirstPassword(place)
  return EXIT.done
}

/** What the first start wrote opens nothing any more, and would mislead. */
async function discardFirstPassword({ config, state }: AccountsPlace): Promise<void> {
  const files = firstStartFiles(config.storage.data_dir, { configured: '', random })
  const deleted = toAuditEvent('initial_password_file_deleted', files.passwordFile)
  try {
    if (await files.discardPassword()) await state.audit.event(deleted)
  } catch (error) {
    if (error instanceof AppError)
      throw new CommandFailed(
        `the password of ${FIRST_ACCOUNT} is reset and ${files.passwordFile} is deleted; the deletion could not be recorded in the audit log`,
      )
    const reason = error instanceof Error ? error.message : String(error)
    console.error(`warning: ${files.passwordFile} holds a password that is over, and stays: ${reason}`)
    await state.audit.event({ ...deleted, verdict: 'failed', message: 'the file could not be deleted' })
  }
}
