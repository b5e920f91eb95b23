import { AppError } from '@etcdmonitor/core/errors'
import type { Session } from '@etcdmonitor/core/ports/state-store'
import type { ApiDeps } from '../deps.ts'
import { LONGEST_LIFE, readToken } from './tokens.ts'

/** A verified token is believed so long without asking again, ms. */
const TRUST = 500
const MAX_ENTRIES = 10_000
const CARRIER = /^bearer ([A-Za-z0-9._-]{1,4096})$/i

/** Decides who sends a request. */
export interface SessionGate {
  /** The live session of an `Authorization` header. @throws AppError `unauthenticated`, `auth_store_unavailable` */
  authenticate(authorization: string | undefined): Promise<Session>
  /** The same, undefined without a good token. @throws AppError `auth_store_unavailable` */
  find(authorization: string | undefined): Promise<Session | undefined>
  /** Forgets at once what was verified of these sessions; verifications that are under way are not kept. */
  forget(isEnded: (session: Session) => boolean): void
}

interface Entry {
  /** Monotonic ms of the beginning: an ended session may be let in until so long after its end. */
  readonly begunAt: number
  readonly found: Promise<Session | undefined>
  session?: Session
}

export function createSessionGate(deps: Pick<ApiDeps, 'state' | 'keys' | 'clock' | 'settings'>): SessionGate {
  const { clock } = deps
  const entries = new Map<string, Entry>() // by token; oldest first

  const isFresh = ({ begunAt, session }: Entry) =>
    clock.monotonic() - begunAt < TRUST && (!session?.expiresAt || clock.now() < session.expiresAt)

  function verifyAnew(token: string): Promise<Session | undefined> {
    const entry: Entry = { begunAt: clock.monotonic(), found: verify(deps, token) }
    entries.delete(token)
    entries.set(token, entry)
    const [oldest] = entries.keys()
    if (entries.size > MAX_ENTRIES && oldest !== undefined) entries.delete(oldest)
    const drop = () => {
      if (entries.get(token) === entry) entries.delete(token)
    }
    entry.found.then((session) => (session ? Object.assign(entry, { session }) : drop()), drop)
    return entry.found
  }

  async function find(authorization: string | undefined): Promise<Session | undefined> {
    const token = CARRIER.exec(authorization ?? '')?.[1]
    if (token === undefined) return undefined
    const known = entries.get(token)
    return known && isFresh(known) ? known.found : verifyAnew(token)
  }

  return {
    find,
    async authenticate(authorization) {
      const session = await find(authorization)
      if (!session) throw new AppError('unauthenticated', 'sign in first: no session, or it has ended')
      return session
    },
    forget(isEnded) {
      for (const [token, { session }] of entries) if (!session || isEnded(session)) entries.delete(token)
    },
  }
}

async function verify(
  { state, keys, clock, settings }: Pick<ApiDeps, 'state' | 'keys' | 'clock' | 'settings'>,
  token: string,
): Promise<Session | undefined> {
  const maxAge = settings.sessionTimeoutSeconds || LONGEST_LIFE
  const claims = await readToken(token, { keys, now: clock.now(), maxAge })
  if (!claims) return undefined
  const session = await state.sessions.find(await hashSessionId(claims.jti))
  return session?.userId === claims.sub ? session : undefined
}

/** Key of a session's row: its token's `jti` is never stored. */
export const hashSessionId = async (jti: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(jti)))
