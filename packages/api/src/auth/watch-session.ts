import { AppError } from '@etcdmonitor/core/errors'
import type { Session } from '@etcdmonitor/core/ports/state-store'
import type { ApiDeps } from '../deps.ts'

/** A session that was ended anywhere ends its downloads within a second, as it ends its requests. There are few of them at a time. */
const LOOK_EVERY = 500

/**
 * For a download that goes on after its request was let in: true when the session was ended or its key removed; false when `signal`
 * aborts first. Expiry alone does not end a download, nor does a store that does not answer (security.md 4).
 */
export async function watchSession(
  { state, keys, clock }: Pick<ApiDeps, 'state' | 'keys' | 'clock'>,
  { idHash, kid }: Pick<Session, 'idHash' | 'kid'>,
  signal: AbortSignal,
): Promise<boolean> {
  for (;;) {
    await clock.sleep(LOOK_EVERY, signal)
    if (signal.aborted) return false
    if (!keys.find(kid) || !(await isPresent(state, idHash))) return true
  }
}

async function isPresent({ sessions }: ApiDeps['state'], idHash: Session['idHash']): Promise<boolean> {
  try {
    return await sessions.isPresent(idHash)
  } catch (error) {
    if (error instanceof AppError) return true
    throw error
  }
}
