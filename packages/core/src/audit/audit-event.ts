/** What can be audited (api.md 8.9). */
export const AUDIT_OPERATIONS = [
  'login',
  'login_lockout',
  'change_password',
  'logout',
  'initial_password_file_deleted',
  'cli_reset_password',
  'cli_unlock',
  'cli_user_add',
  'cli_user_disable',
  'cli_user_enable',
  'put',
  'delete',
  'defragment',
  'snapshot',
  'snapshot_ticket',
  'alarm_disarm',
  'move_leader',
  'hashkv',
  'compact',
  'run_cancel',
  'panel_config',
  'audit_export',
  'audit_trimmed',
  'access_refused',
] as const
export type AuditOperation = (typeof AUDIT_OPERATIONS)[number]

/**
 * What became of an act. `refused`: it was not tried. `unknown`: it was sent and its answer did not arrive. `interrupted`: its process
 * died before it could say.
 */
export type AuditVerdict = 'succeeded' | 'failed' | 'refused' | 'unknown' | 'interrupted'

/** Who does what to what. Texts beyond their bounds are cut when they are stored. */
export interface AuditIntent {
  /** ULID, made by the caller: what was committed is found by it although the answer was lost. */
  readonly opId: string
  /** `failure`: failed sign-ins, locks, refusals: the first to go when there is too much. */
  readonly class: 'act' | 'failure'
  readonly operation: AuditOperation
  /** As far as known. */
  readonly userId?: string
  readonly username: string
  /** First 8 hex digits of the session row's key, `''` without a session. */
  readonly sessionRef: string
  readonly address: string
  readonly requestId: string
  /** Key, member name, client address or `cluster`. At most 1,024 characters. */
  readonly target: string
  /** One JSON object as text, at most 4,096 bytes. Never a value of a key, a password or a token. */
  readonly params: string
  /** `''` when it does not apply. */
  readonly runId: string
  readonly clusterId: string
}

export interface AuditOutcome {
  readonly verdict: AuditVerdict
  /** Error code or `''`. */
  readonly code: string
  /** `ok`, or the error text; at most 2,048 characters. */
  readonly message: string
  readonly durationMs: number
}

/** An act that is over, or needs no two phases. `count`: equal events that are merged in it. */
export interface AuditEvent extends AuditIntent, AuditOutcome {
  readonly count: number
}

/** What one `opId` shows: its event, or its intent with the outcome that it has by now. */
export interface AuditEntry extends Omit<AuditEvent, 'verdict'> {
  /** Ascending in the order of writing. */
  readonly id: number
  /** Unix ms, by the store's clock. */
  readonly at: number
  readonly verdict: AuditVerdict | 'pending'
}

export interface AuditFilter {
  readonly operation?: AuditOperation
  /** Exact, as stored. */
  readonly username?: string
  /** Part of target, params or message, ASCII case ignored. */
  readonly text?: string
  readonly success?: boolean
  /** Whether an account has the name by now. Strangers invent the others. */
  readonly isAccount?: boolean
  /** Unix ms, half-open. */
  readonly from?: number
  readonly to?: number
}
