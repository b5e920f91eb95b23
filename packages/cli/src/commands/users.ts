import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes as random } from '@etcdmonitor/adapters/node/random'
import type { Account } from '@etcdmonitor/core/ports/state-store'
import { makeUlid } from '@etcdmonitor/core/ulid'
import { toAuditEvent } from '../accounts/audit-event.ts'
import { choosePassword, showPassword } from '../accounts/choose-password.ts'
import { type AccountsPlace, openAccounts, toAccountName, unknownAccount } from '../accounts/open-accounts.ts'
import { CommandFailed } from '../command-failed.ts'
import type { UsersLine } from '../command-line.ts'
import { EXIT } from '../exit-codes.ts'

/** @throws StartRefused, CommandFailed; AppError when the store does not answer */
export async function users(line: UsersLine): Promise<number> {
  await using place = await openAccounts(line.config)
  switch (line.act) {
    case 'list':
      await list(place)
      break
    case 'add':
      await add(place, line)
      break
    case 'disable':
    case 'enable':
      await setEnabled(place, line.name, line.act === 'enable')
  }
  return EXIT.done
}

async function list({ state }: AccountsPlace): Promise<void> {
  const accounts = await state.accounts.list()
  const width = Math.max(...accounts.map(({ username }) => username.length))
  for (const account of accounts) console.log(toLine(account, width))
}

const toLine = (account: Account, width: number): string =>
  [
    account.username.padEnd(width),
    account.enabled ? 'enabled ' : 'disabled',
    account.mustChangePassword ? 'first change due' : 'own password    ',
    `created ${toTime(account.createdAt)}`,
    `last login ${account.lastLoginAt === undefined ? 'never' : toTime(account.lastLoginAt)}`,
  ].join('  ')

const toTime = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`

async function add(
  { state, config }: AccountsPlace,
  { name, generate }: { readonly name: string; readonly generate: boolean },
): Promise<void> {
  const username = toAccountName(name)
  const exists = new CommandFailed(`there is an account ${username} already`)
  if (await state.accounts.find(username)) throw exists
  const password = await choosePassword({ username, config, generate })
  const account = {
    id: makeUlid(clock.now(), random),
    username,
    passwordHash: password.hash,
    mustChangePassword: true,
  }
  if ((await state.accounts.add(account, toAuditEvent('cli_user_add', username))) === 'exists') throw exists
  console.error(`added ${username}`)
  showPassword(password, username)
}

async function setEnabled({ state }: AccountsPlace, typed: string, isEnabled: boolean): Promise<void> {
  const name = toAccountName(typed)
  const audit = toAuditEvent(isEnabled ? 'cli_user_enable' : 'cli_user_disable', name)
  switch (await state.accounts.setEnabled({ name, isEnabled, audit })) {
    case 'unknown':
      throw unknownAccount(name)
    case 'last':
      throw new CommandFailed(`${name} is the last enabled account; add or enable another one first`)
    case 'same':
      console.error(`${name} was ${isEnabled ? 'enabled' : 'disabled'} already`)
      break
    case 'changed':
      console.error(isEnabled ? `enabled ${name}` : `disabled ${name}; all its sessions have ended`)
  }
}
