/** Why a request, a call or a store could not do what was asked: the closed list of api.md 2.3 that this version can produce. */
export type ErrorCode =
  | 'malformed_request'
  | 'malformed_json'
  | 'validation_failed'
  | 'weak_password'
  | 'too_many_visible_cards'
  | 'range_too_large'
  | 'too_many_metrics'
  | 'too_many_points'
  | 'nothing_to_compact'
  | 'unauthenticated'
  | 'invalid_credentials'
  | 'account_locked'
  | 'permission_denied'
  | 'ops_disabled'
  | 'read_only'
  | 'root_read_only'
  | 'not_found'
  | 'key_not_found'
  | 'member_not_found'
  | 'alarm_not_found'
  | 'run_not_found'
  | 'tab_not_found'
  | 'method_not_allowed'
  | 'request_timeout'
  | 'revision_conflict'
  | 'revision_compacted'
  | 'revision_in_future'
  | 'confirmation_required'
  | 'too_many_keys'
  | 'operation_in_progress'
  | 'health_gate_failed'
  | 'plan_changed'
  | 'already_leader'
  | 'single_member'
  | 'not_cancellable'
  | 'not_a_file'
  | 'not_a_directory'
  | 'payload_too_large'
  | 'result_too_large'
  | 'uri_too_long'
  | 'unsupported_media_type'
  | 'misdirected_request'
  | 'rate_limited'
  | 'internal'
  | 'not_a_voter'
  | 'not_supported'
  | 'etcd_error'
  | 'etcd_auth_failed'
  | 'etcd_unavailable'
  | 'member_unreachable'
  | 'no_quorum'
  | 'etcd_overloaded'
  | 'etcd_corrupt'
  | 'v2_unavailable'
  | 'etcd_timeout'
  | 'outcome_unknown'
  | 'etcd_nospace'
  | 'storage_unavailable'
  | 'auth_store_unavailable'
  | 'audit_unavailable'
  | 'login_capacity'
  | 'overloaded'
  | 'shutting_down'

export interface AppErrorOptions {
  readonly cause?: unknown
  /** Extra members of the answer, as api.md 2.3 lists them for the code, in snake_case. */
  readonly details?: Readonly<Record<string, unknown>>
}

/**
 * An expected failure that is not the answer. `message` is English for people: lower case, no full stop, the wrong
 * value bounded; it may reach a client. Made where a driver is called, turned into an answer once (`api http/problem.ts`).
 */
export class AppError extends Error {
  override name = 'AppError'
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, { cause, details = {} }: AppErrorOptions = {}) {
    super(message, { cause })
    this.code = code
    this.details = details
  }
}

/** Configuration or state refuses the start: exit code 78, restarting cannot help. One line for people per problem. */
export class StartRefused extends Error {
  override name = 'StartRefused'
  readonly problems: readonly string[]

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options)
    this.problems = problems
  }
}
