import { FIRST_ACCOUNT, hasFirstPassword } from '@etcdmonitor/core/accounts/first-account'
import { MAX_PASSWORD_BYTES } from '@etcdmonitor/core/accounts/password-rules'
import { AppError } from '@etcdmonitor/core/errors'
import type { Session } from '@etcdmonitor/core/ports/state-store'
import type { ApiDeps } from '../../deps.ts'

/** Answers with what the interface needs to know before, and after, somebody signed in (`api.md` 4.4). */
export function createAuthStatus({ state, settings, etcd }: Pick<ApiDeps, 'state' | 'settings' | 'etcd'>) {
  const isSetupPending = createSetupWatch(state)
  return async (session: Session | undefined) => ({
    auth_required: true as const,
    authenticated: session !== undefined,
    ...(session && { username: session.username, expires_at: session.expiresAt / 1_000 }),
    initial_setup_pending: await isSetupPending(),
    app_version: session ? settings.appVersion : '',
    ops_enabled: session !== undefined && settings.isOpsOn,
    kv_read_only: session !== undefined && settings.kv.isReadOnly,
    kv_max_value_size: session ? settings.kv.maxValueBytes : 0,
    etcd_auth_required: session !== undefined && etcd.isAuthOn(),
    password_policy: { min_length: settings.minPasswordLength, max_bytes: MAX_PASSWORD_BYTES },
  })
}

/**
 * Asks the store until the first password was replaced, which happens once: strangers ask this, and the page waits for it. False, too, when
 * the store does not answer: the page must not fail over it.
 */
function createSetupWatch(state: ApiDeps['state']): () => Promise<boolean> {
  let isOver = false
  return async () => {
    if (isOver) return false
    try {
      const first = await state.accounts.find(FIRST_ACCOUNT)
      if (!first) return false // it may still be made
      isOver = !hasFirstPassword(first)
      return !isOver
    } catch (error) {
      if (error instanceof AppError) return false
      throw error
    }
  }
}
