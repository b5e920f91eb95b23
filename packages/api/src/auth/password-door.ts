import type { AuditOperation } from '@etcdmonitor/core/audit/audit-event'
import { AppError, type ErrorCode } from '@etcdmonitor/core/errors'
import type { HashSlot } from '@etcdmonitor/core/ports/password-hasher'
import type { Account, AccountName } from '@etcdmonitor/core/ports/state-store'
import type { Caller } from '../audit/audit-subject.ts'
import type { ApiDeps } from '../deps.ts'
import { createTurns } from './turns.ts'

/** While as many passwords are being verified as are still allowed, an attempt asks again for so long. */
const LONGEST_WAIT = 2_000

export interface Attempt {
  readonly name: AccountName
  readonly password: Uint8Array
  /** Address key of the client. */
  readonly address: string
  readonly operation: 'login' | 'change_password'
  readonly caller: Caller
}

/** What a right password opens, for the one transaction that settles the attempt. */
export interface Opened {
  readonly account: Account
  readonly slot: HashSlot
  readonly reservationId: string
  /** With the account. */
  readonly caller: Caller
}

/** Settles the reservation as right with what it is for; `stale` and `expired` are the store's answers. */
export type OnRight<T> = (opened: Opened) => Promise<T | 'stale' | 'expired'>

/**
 * The only code that checks a password, and the only caller of the login guard. Runs `onRight` inside the same place at the hashing
 * gate. Audits failures and locks. Undefined, counted as a failure and after the same work: no such enabled account, a wrong password, or a stale one.
 * @throws AppError `account_locked`, `login_capacity`, `auth_store_unavailable`; Error when the stored hash is damaged; what `onRight` throws
 */
export type VerifyPassword = <T>(attempt: Attempt, onRight: OnRight<T>) => Promise<T | undefined>

export function createPasswordDoor({
  state,
  hasher,
  random,
  clock,
  settings,
  audit,
}: Pick<ApiDeps, 'state' | 'hasher' | 'random' | 'clock' | 'settings' | 'audit'>): VerifyPassword {
  // those of this process that wait for the row of one name would keep its connections, and others waiting
  const inTurn = createTurns()
  let decoy: string | undefined // what the passwords of unknown names are compared with

  async function reserve(attempt: Attempt, slot: HashSlot): Promise<string> {
    for (const end = clock.monotonic() + LONGEST_WAIT; ; ) {
      const reservation = await inTurn(attempt.name, () =>
        state.guard.reserve(attempt.name, settings.lockout),
      )
      if (reservation.kind === 'granted') return reservation.id
      if (reservation.kind === 'locked') {
        if (reservation.begins) await tellLock(attempt)
        throw accountLocked(reservation.retryAfterSeconds)
      }
      if (clock.monotonic() >= end)
        throw noCapacity('other attempts for this name are being checked; try again in a moment')
      await slot.stepAside()
    }
  }

  /** The account whose password this is. */
  async function verify({ name, password }: Attempt, slot: HashSlot): Promise<Account | undefined> {
    const account = await state.accounts.find(name)
    if (account?.enabled) return (await verifyStored(slot, account, password)) ? account : undefined
    if (decoy === undefined) decoy = await slot.hash(random(16))
    else await slot.verify(decoy, password)
    return undefined
  }

  /** What the store does not settle it counts itself: its failure must not hide the bug. */
  async function settleVoid(reservationId: string): Promise<void> {
    try {
      await state.guard.settle(reservationId, 'void', settings.lockout)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
    }
  }

  const check = <T>(attempt: Attempt, onRight: OnRight<T>) =>
    hasher.withSlot(attempt.address, async (slot) => {
      const reservationId = await reserve(attempt, slot)
      const open = async () => {
        const account = await verify(attempt, slot)
        if (!account) return { outcome: 'stale' as const, wasOutdated: false }
        const caller = { ...attempt.caller, userId: account.id }
        const outcome = await onRight({ account, slot, reservationId, caller })
        return { outcome, wasOutdated: slot.isOutdated(account.passwordHash) }
      }
      try {
        const first = await open()
        // another sign-in with this password may have made the hash anew meanwhile: that is no guess that failed
        const { outcome } = first.outcome === 'stale' && first.wasOutdated ? await open() : first
        if (outcome === 'expired') throw noCapacity('the check of the password took too long; try again')
        if (outcome !== 'stale') return outcome
      } catch (error) {
        if (!(error instanceof AppError)) await settleVoid(reservationId) // a bug saves nobody a guess, but is none
        throw error
      }
      const settled = await inTurn(attempt.name, () =>
        state.guard.settle(reservationId, 'wrong', settings.lockout),
      )
      if (settled === 'locked') await tellLock(attempt)
      return undefined
    })

  const tell = ({ caller }: Attempt, operation: AuditOperation, code: ErrorCode) =>
    audit.failed({ caller, act: { operation, target: caller.address }, code })
  const tellLock = (attempt: Attempt) => tell(attempt, 'login_lockout', 'account_locked')

  return async (attempt, onRight) => {
    try {
      const outcome = await check(attempt, onRight)
      if (outcome === undefined) await tell(attempt, attempt.operation, 'invalid_credentials')
      return outcome
    } catch (error) {
      const isLocked = error instanceof AppError && error.code === 'account_locked'
      if (isLocked) await tell(attempt, attempt.operation, 'account_locked')
      throw error
    }
  }
}

function accountLocked(seconds: number): AppError {
  const minutes = Math.ceil(seconds / 60)
  return new AppError('account_locked', `Too many failed attempts. Try again in ${minutes} minutes`, {
    details: { retry_after: seconds },
  })
}

const noCapacity = (message: string): AppError =>
  new AppError('login_capacity', message, { details: { retry_after: 1 } })

async function verifyStored(
  slot: HashSlot,
  { passwordHash, username }: Account,
  password: Uint8Array,
): Promise<boolean> {
  try {
    return await slot.verify(passwordHash, password)
  } catch (cause) {
    throw new Error(`the stored password hash of account ${username} is damaged`, { cause })
  }
}
