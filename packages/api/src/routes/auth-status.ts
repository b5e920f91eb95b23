import { FIRST_ACCOUNT } from '@etcdmonitor/core/accounts/first-account'
import { MAX_PASSWORD_BYTES } from '@etcdmonitor/core/accounts/password-rules'
import { AppError } from '@etcdmonitor/core/errors'
import type { Session } from '@etcdmonitor/core/ports/state-store'
import type { ApiDeps } from '../deps.ts'

/** What the interface needs to know before, and after, somebody signed in (`api.md` 4.4). */
export async function authStatus(
  { state, settings }: Pick<ApiDeps, 'state' | 'settings'>,
  session: Session | undefined,
) {
  return {
    auth_required: true as const,
    authenticated: session !== undefined,
    ...(session && { username: session.username, expires_at: session.expiresAt / 1_000 }),
    initial_setup_pending: await isSetupPending(state),
    app_version: session ? settings.appVersion : '',
    ops_enabled: session !== undefined && settings.isOpsOn,
    kv_read_only: session !== undefined && settings.kv.isReadOnly,
    kv_max_value_size: session ? settings.kv.maxValueBytes : 0,
    // what a later version answers for
    etcd_auth_required: false,
    password_policy: { min_length: settings.minPasswordLength, max_bytes: MAX_PASSWORD_BYTES },
  }
}

/** False, too, when the store does not answer: the page must not fail over it. */
async function isSetupPending({ accounts }: ApiDeps['state']): Promise<boolean> {
  try {
    return (await accounts.find(FIRST_ACCOUNT))?.mustChangePassword ?? false
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}
