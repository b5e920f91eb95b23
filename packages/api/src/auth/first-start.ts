import { FIRST_ACCOUNT, hasFirstPassword } from '@etcdmonitor/core/accounts/first-account'
import { drawPassword } from '@etcdmonitor/core/accounts/first-password'
import type { AuditEvent } from '@etcdmonitor/core/audit/audit-event'
import { AppError, StartRefused } from '@etcdmonitor/core/errors'
import { makeUlid } from '@etcdmonitor/core/ulid'
import { type Caller, toSuccess } from '../audit/audit-subject.ts'
import type { ApiDeps } from '../deps.ts'

/** What the first start reads and leaves beside the state store. */
export interface FirstStartPlace {
  /** First password from the configuration; then no file is written. @throws StartRefused when it cannot be used */
  readConfiguredPassword(): string | undefined
  /** The file that has the first password, for people. */
  readonly passwordFile: string
  publishPassword(password: string): Promise<void>
  /** False: there was none. */
  discardPassword(): Promise<boolean>
  /** The file that says so, for people. */
  readonly marker: string
  isInitialized(): boolean
  markInitialized(): Promise<void>
}

/** How often it is asked whether there is an account, and how often its absence is told. */
const ASK_EVERY = 1_000
const TELL_EVERY = 60_000

type Deps = Pick<ApiDeps, 'state' | 'hasher' | 'clock' | 'random' | 'log'>

/**
 * Makes the account `admin` in a store without accounts (security.md 6). A kill at any moment and a new start, or several processes at
 * once, lead to one account and one password that works: account and file are there together or not at all.
 * @throws StartRefused when the store is empty although it has had accounts, or the configured password cannot be used
 */
export async function ensureFirstAccount(deps: Deps, place: FirstStartPlace): Promise<void> {
  // before the accounts: another process that starts now makes its account first, then the mark
  const isInitialized = place.isInitialized()
  if ((await deps.state.accounts.count()) > 0) await discardIfChanged(deps, place)
  else if (isInitialized) throw lostAccounts(place)
  else await createFirstAccount(deps, place)
  await place.markInitialized()
}

/** For a store that is not there at all. @throws StartRefused when it has had accounts */
export function refuseLostAccounts(place: Pick<FirstStartPlace, 'isInitialized' | 'marker'>): void {
  if (place.isInitialized()) throw lostAccounts(place)
}

/**
 * Waits until a store that several hosts share has an account, and says every minute that it has none, or is away. Makes `admin` from the
 * configured password alone: an emptied database or a wrong search_path must not make a new one.
 * @throws StartRefused when that password cannot be used
 */
export async function awaitSharedAccount(
  deps: Deps,
  place: Pick<FirstStartPlace, 'readConfiguredPassword' | 'passwordFile'>,
  stop: AbortSignal,
): Promise<void> {
  const { clock, log } = deps
  for (let toldAt = Number.NEGATIVE_INFINITY; !stop.aborted; await clock.sleep(ASK_EVERY, stop)) {
    const obstacle = await makeSharedAccount(deps, place)
    if (obstacle === undefined) return
    if (clock.monotonic() - toldAt < TELL_EVERY) continue
    log.warn(obstacle.event, obstacle.fields)
    toldAt = clock.monotonic()
  }
}

/** Who starts the program. */
const NOBODY: Caller = { username: '', address: '', requestId: '' }

/** Deletes the password file, which is audited; a failure is logged, too, and it is tried again at the next start. */
export async function discardFirstPassword(
  deps: Pick<Deps, 'state' | 'clock' | 'random' | 'log'>,
  place: Pick<FirstStartPlace, 'discardPassword' | 'passwordFile'>,
  by = NOBODY,
): Promise<void> {
  const { clock, random, log } = deps
  const act = { operation: 'initial_password_file_deleted' as const, target: place.passwordFile }
  const deleted = toSuccess(makeUlid(clock.now(), random), by, act)
  try {
    if (await place.discardPassword()) await record(deps, deleted)
  } catch (error) {
    log.error('initial_password_file_not_deleted', { file: place.passwordFile, error })
    await record(deps, { ...deleted, verdict: 'failed', message: 'the file could not be deleted' })
  }
}

/** The file is gone, or not: a store that is away changes nothing of that. */
async function record({ state, log }: Pick<Deps, 'state' | 'log'>, event: AuditEvent): Promise<void> {
  try {
    await state.audit.event(event)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    log.error('audit_event_lost', { operation: event.operation, error })
  }
}

const NO_ACCOUNT =
  'the state store holds no account: name a file with the first password in auth.initial_admin_password_file, ' +
  'or run etcdmonitor users add NAME'

/** A line of the log. */
interface Obstacle {
  readonly event: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** Why there is no account; undefined when there is one. */
async function makeSharedAccount(
  deps: Deps,
  place: Pick<FirstStartPlace, 'readConfiguredPassword' | 'passwordFile'>,
): Promise<Obstacle | undefined> {
  try {
    if ((await deps.state.accounts.count()) > 0) return undefined
    const password = place.readConfiguredPassword()
    if (password === undefined) return { event: 'no_account', fields: { message: NO_ACCOUNT } }
    await insertFirstAccount(deps, { password, file: place.passwordFile })
    return undefined
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { event: 'state_store_away', fields: { error } }
  }
}

async function createFirstAccount(deps: Deps, place: FirstStartPlace): Promise<void> {
  const configured = place.readConfiguredPassword()
  const password = configured ?? drawPassword(deps.random)
  const publish = configured === undefined ? () => place.publishPassword(password) : undefined
  await insertFirstAccount(deps, { password, file: place.passwordFile, publish })
}

interface FirstPassword {
  readonly password: string
  /** Where people find it. */
  readonly file: string
  readonly publish?: (() => Promise<void>) | undefined
}

async function insertFirstAccount(
  { state, hasher, clock, random, log }: Deps,
  { password, file, publish }: FirstPassword,
): Promise<void> {
  const passwordHash = await hasher.withSlot('', (slot) => slot.hash(new TextEncoder().encode(password)))
  const id = makeUlid(clock.now(), random)
  const account = { id, username: FIRST_ACCOUNT, passwordHash, mustChangePassword: true }
  const outcome = await state.accounts.createFirst(account, publish)
  if (outcome === 'created')
    log.info('first_account_created', { username: FIRST_ACCOUNT, password_file: file })
}

async function discardIfChanged(deps: Deps, place: FirstStartPlace): Promise<void> {
  const admin = await deps.state.accounts.find(FIRST_ACCOUNT)
  if (!(admin && hasFirstPassword(admin))) await discardFirstPassword(deps, place)
}

const lostAccounts = ({ marker }: Pick<FirstStartPlace, 'marker'>): StartRefused =>
  new StartRefused([
    `the state store holds no account, but ${marker} says that it has had one; ` +
      `restore state.db, or delete ${marker} to begin anew with a new admin`,
  ])
