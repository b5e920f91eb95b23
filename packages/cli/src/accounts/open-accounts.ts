import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { loadConfig } from '@etcdmonitor/adapters/node/load-config'
import { randomBytes as random } from '@etcdmonitor/adapters/node/random'
import { openExistingPostgresState } from '@etcdmonitor/adapters/postgres/state-store'
import { openExistingSqliteState } from '@etcdmonitor/adapters/sqlite/state/state-store'
import { parseAccountName } from '@etcdmonitor/core/accounts/account-name'
import type { Config } from '@etcdmonitor/core/config/config-schema'
import type { AccountName, StateStore } from '@etcdmonitor/core/ports/state-store'
import { CommandFailed } from '../command-failed.ts'

const POOL_SIZE = 2
const MAX_SHOWN = 80

export interface AccountsPlace extends AsyncDisposable {
  readonly config: Config
  readonly state: StateStore
}

/**
 * The state store of a configuration as it stands, for a command beside running processes.
 * @throws StartRefused when configuration or store cannot be used; AppError `auth_store_unavailable`
 */
export async function openAccounts(file: string | undefined): Promise<AccountsPlace> {
  const { config, warnings } = loadConfig({ file, env: process.env })
  for (const warning of warnings) console.error(`warning: ${warning}`)
  const state = await openState(config)
  return { config, state, [Symbol.asyncDispose]: () => state[Symbol.asyncDispose]() }
}

const openState = async ({ storage, 'storage.state': { url } }: Config): Promise<StateStore> =>
  url
    ? openExistingPostgresState({ url, poolSize: POOL_SIZE, kind: 'cli', clock, random })
    : openExistingSqliteState(`${storage.data_dir}/state.db`, { clock, random })

/** @throws CommandFailed when no account can have the name */
export function toAccountName(typed: string): AccountName {
  const name = parseAccountName(typed)
  if (name !== undefined) return name
  const shown = JSON.stringify(typed.slice(0, MAX_SHOWN))
  throw new CommandFailed(
    `${shown} is no account name; wanted a letter or digit, then at most 63 of a-z 0-9 . _ -`,
  )
}

export const unknownAccount = (name: AccountName): CommandFailed =>
  new CommandFailed(`there is no account ${name}; etcdmonitor users list shows all`)
