import { createSignal } from 'solid-js'
import { isRecord } from './problem.ts'

const KEY = 'etcdmonitor.session'

export interface Session {
  readonly token: string
  readonly username: string
  /** Unix seconds; 0 = never. */
  readonly expiresAt: number
}

/** How the last session ended: `ended` by the server, which asks for a new sign-in over the page; `out` by the user. */
export type SessionEnd = 'ended' | 'out'

const [session, setSession] = createSignal<Session | undefined>(read())
const [end, setEnd] = createSignal<SessionEnd>()

/** The session of this tab. The token is here and in `sessionStorage`, nowhere else (ui.md 4.3). */
export const currentSession = session

/** Why there is no session; undefined before the first one and while there is one. */
export const sessionEnd = end

export function openSession(next: Session): void {
  setSession(next)
  setEnd(undefined)
  store(() => sessionStorage.setItem(KEY, JSON.stringify(next)))
}

/** Ends the session of `token`, if it is still the one: many requests fail at once with the same token. */
export function endSession(how: SessionEnd, token = session()?.token): void {
  if (session()?.token !== token) return
  setEnd(how)
  setSession(undefined)
  store(() => sessionStorage.removeItem(KEY))
}

function read(): Session | undefined {
  let stored: unknown
  store(() => {
    stored = JSON.parse(sessionStorage.getItem(KEY) ?? 'null')
  })
  if (!isRecord(stored)) return undefined
  const { token, username, expiresAt } = stored
  const isUsable = typeof token === 'string' && typeof username === 'string' && typeof expiresAt === 'number'
  return isUsable ? { token, username, expiresAt } : undefined
}

/** Storage may be blocked or full: then the session lives as long as the page. */
function store(act: () => void): void {
  try {
    act()
  } catch {
    // nothing to do: the module's variable is what counts
  }
}
