import { base64url } from 'jose'
import { toSuccess } from '../audit/audit-subject.ts'
import type { ApiDeps } from '../deps.ts'
import type { Opened } from './password-door.ts'
import { hashSessionId } from './session-gate.ts'
import { LONGEST_LIFE, signToken } from './tokens.ts'

const MAX_USER_AGENT = 200

export interface SignedIn {
  readonly token: string
  /** Unix seconds, 0 = never. */
  readonly expiresAt: number
}

/** Who signs in, and what the session's row keeps of the client. */
export interface Client {
  readonly address: string
  readonly userAgent: string
}

/** Opens a session for an account whose password was just verified. @returns `stale`, `expired` as `Accounts.signIn` */
export async function signIn(
  {
    state,
    keys,
    clock,
    random,
    settings,
    audit,
  }: Pick<ApiDeps, 'state' | 'keys' | 'clock' | 'random' | 'settings' | 'audit'>,
  { account, slot, reservationId, caller }: Opened,
  { password, client }: { readonly password: Uint8Array; readonly client: Client },
): Promise<SignedIn | 'stale' | 'expired'> {
  const { sessionTimeoutSeconds: timeout } = settings
  const { signing } = keys // one key for row and token: the secret file may be read anew in between
  const jti = base64url.encode(random(16))
  const iat = Math.floor(clock.now() / 1_000)
  const exp = iat + (timeout || LONGEST_LIFE)
  const expiresAt = timeout === 0 ? 0 : exp
  const rehash = slot.isOutdated(account.passwordHash) ? await slot.hash(password) : undefined
  const idHash = await hashSessionId(jti)
  const act = { operation: 'login' as const, target: client.address }
  const outcome = await state.accounts.signIn({
    reservationId,
    verified: account.passwordHash,
    session: {
      idHash,
      userId: account.id,
      kid: signing.kid,
      expiresAt: expiresAt * 1_000,
      address: client.address,
      userAgent: client.userAgent.slice(0, MAX_USER_AGENT),
    },
    audit: toSuccess(audit.newId(), { ...caller, sessionHash: idHash }, act),
    ...(rehash !== undefined && { rehash }),
  })
  if (outcome !== 'created') return outcome
  return { token: await signToken(signing, { sub: account.id, jti, iat, exp }), expiresAt }
}
