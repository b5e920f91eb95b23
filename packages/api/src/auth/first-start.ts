import { FIRST_ACCOUNT } from '@etcdmonitor/core/accounts/first-account'
import { drawPassword } from '@etcdmonitor/core/accounts/first-password'
import { StartRefused } from '@etcdmonitor/core/errors'
import { makeUlid } from '@etcdmonitor/core/ulid'
import type { ApiDeps } from '../deps.ts'

/** What the first start reads and leaves beside the state store. */
export interface FirstStartPlace {
  /** First password from the configuration; then no file is written. @throws StartRefused when it cannot be used */
  readConfiguredPassword(): string | undefined
  /** The file that has the first password, for people. */
  readonly passwordFile: string
  publishPassword(password: string): Promise<void>
  discardPassword(): Promise<void>
  isInitialized(): boolean
  markInitialized(): Promise<void>
}

type Deps = Pick<ApiDeps, 'state' | 'hasher' | 'clock' | 'random' | 'log'>

/**
 * Makes the account `admin` in a store without accounts (security.md 6). A kill at any moment and a new start, or several processes at
 * once, lead to one account and one password that works: account and file are there together or not at all.
 * @throws StartRefused when the store is empty although it has had accounts, or the configured password cannot be used
 */
export async function ensureFirstAccount(deps: Deps, place: FirstStartPlace): Promise<void> {
  if ((await deps.state.accounts.count()) > 0) await discardIfChanged(deps, place)
  else if (place.isInitialized()) throw lostAccounts()
  else await createFirstAccount(deps, place)
  await place.markInitialized()
}

/** Deletes the password file; a failure is logged, and it is tried again at the next start. */
export async function discardFirstPassword(
  { log }: Pick<Deps, 'log'>,
  place: FirstStartPlace,
): Promise<void> {
  try {
    await place.discardPassword()
  } catch (error) {
    log.error('initial_password_file_not_deleted', { file: place.passwordFile, error })
  }
}

async function createFirstAccount(
  { state, hasher, clock, random, log }: Deps,
  place: FirstStartPlace,
): Promise<void> {
  const configured = place.readConfiguredPassword()
  const password = configured ?? drawPassword(random)
  const passwordHash = await hasher.withSlot('', (slot) => slot.hash(new TextEncoder().encode(password)))
  const id = makeUlid(clock.now(), random)
  const account = { id, username: FIRST_ACCOUNT, passwordHash, mustChangePassword: true }
  const publish = configured === undefined ? () => place.publishPassword(password) : undefined
  const outcome = await state.accounts.createFirst(account, publish)
  if (outcome === 'created')
    log.info('first_account_created', { username: FIRST_ACCOUNT, password_file: place.passwordFile })
}

async function discardIfChanged(deps: Deps, place: FirstStartPlace): Promise<void> {
  const admin = await deps.state.accounts.find(FIRST_ACCOUNT)
  if (!admin?.mustChangePassword) await discardFirstPassword(deps, place)
}

const lostAccounts = (): StartRefused =>
  new StartRefused([
    'the state store holds no account, but <data>/initialized says that it has had one; ' +
      'restore state.db, or delete that file to begin anew with a new admin',
  ])
