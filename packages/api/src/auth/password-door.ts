import type { HashSlot } from '@etcdmonitor/core/ports/password-hasher'
import type { Account, AccountName } from '@etcdmonitor/core/ports/state-store'
import type { ApiDeps } from '../deps.ts'

export interface Attempt {
  readonly name: AccountName
  readonly password: Uint8Array
  /** Address key of the client. */
  readonly address: string
}

/**
 * The only code that checks a password. Runs `onRight` with the account, inside the same place at the hashing gate; undefined when
 * there is no such enabled account or the password is wrong, after the same work.
 * @throws AppError `login_capacity`, `auth_store_unavailable`; Error when the stored hash is damaged
 */
export type VerifyPassword = <T>(
  attempt: Attempt,
  onRight: (account: Account, slot: HashSlot) => Promise<T>,
) => Promise<T | undefined>

export function createPasswordDoor({
  state,
  hasher,
  random,
}: Pick<ApiDeps, 'state' | 'hasher' | 'random'>): VerifyPassword {
  let decoy: string | undefined // what the passwords of unknown names are compared with
  return ({ name, password, address }, onRight) =>
    hasher.withSlot(address, async (slot) => {
      const account = await state.accounts.find(name)
      if (!account?.enabled) {
        if (decoy === undefined) decoy = await slot.hash(random(16))
        else await slot.verify(decoy, password)
        return undefined
      }
      const isRight = await verifyStored(slot, account, password)
      return isRight ? onRight(account, slot) : undefined
    })
}

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
