import type { ErrorCode } from '@etcdmonitor/core/errors'

export interface ProblemKind {
  readonly status:
    | 400
    | 401
    | 403
    | 404
    | 405
    | 408
    | 409
    | 413
    | 414
    | 415
    | 421
    | 422
    | 429
    | 500
    | 501
    | 502
    | 503
    | 504
    | 507
  readonly title: string
  /** Seconds of `Retry-After`, unless the error names others (`details.retry_after`). */
  readonly retryAfter?: number
  /** Extra members of the answer that are taken over from `details`. */
  readonly members?: readonly string[]
}

/** Every code with its status, `api.md` 2.3. */
export const PROBLEMS = {
  malformed_request: { status: 400, title: 'The request cannot be read' },
  malformed_json: { status: 400, title: 'The body is not one JSON object', members: ['reason'] },
  validation_failed: { status: 400, title: 'The request is not valid', members: ['errors'] },
  weak_password: { status: 400, title: 'The new password is too weak', members: ['reason', 'min_length'] },
  too_many_visible_cards: { status: 400, title: 'Too many cards are visible', members: ['max'] },
  range_too_large: { status: 400, title: 'The range is too large', members: ['max_seconds'] },
  too_many_metrics: { status: 400, title: 'Too many metrics were asked for', members: ['max'] },
  too_many_points: { status: 400, title: 'The answer would be too large', members: ['max', 'min_step'] },
  nothing_to_compact: {
    status: 400,
    title: 'The cluster has not that many revisions',
    members: ['current_revision', 'retain_count'],
  },
  unauthenticated: { status: 401, title: 'Sign in first' },
  invalid_credentials: { status: 401, title: 'The credentials are wrong' },
  account_locked: { status: 401, title: 'The account is locked', retryAfter: 60 },
  permission_denied: { status: 403, title: 'etcd refused its user the right' },
  ops_disabled: { status: 403, title: 'Operations are switched off here' },
  read_only: { status: 403, title: 'Keys are read-only here' },
  root_read_only: { status: 403, title: 'The root cannot be changed' },
  not_found: { status: 404, title: 'There is no such route' },
  key_not_found: { status: 404, title: 'There is no such key' },
  member_not_found: { status: 404, title: 'The member is not known' },
  alarm_not_found: { status: 404, title: 'The alarm is not active' },
  run_not_found: { status: 404, title: 'There is no such run' },
  tab_not_found: { status: 404, title: 'There is no such cluster' },
  method_not_allowed: { status: 405, title: 'The route has no such method' },
  request_timeout: { status: 408, title: 'The request did not arrive in time' },
  revision_conflict: { status: 409, title: 'The key was changed meanwhile', members: ['current_revision'] },
  revision_compacted: { status: 409, title: 'The revision was compacted', members: ['compact_revision'] },
  revision_in_future: {
    status: 409,
    title: 'The revision is not reached yet',
    members: ['current_revision'],
  },
  confirmation_required: {
    status: 409,
    title: 'The number of keys must be confirmed',
    members: ['count', 'expected_count'],
  },
  too_many_keys: { status: 409, title: 'Too many keys for one delete', members: ['count', 'max'] },
  operation_in_progress: {
    status: 409,
    title: 'Another operation runs on this cluster',
    members: ['run_id', 'operation', 'username', 'started_at'],
  },
  health_gate_failed: { status: 409, title: 'The cluster is not fit for this now', members: ['blockers'] },
  plan_changed: { status: 409, title: 'The plan is not the one that was agreed to', members: ['plan_token'] },
  already_leader: { status: 409, title: 'The member leads already' },
  single_member: { status: 409, title: 'There is no other voter' },
  not_cancellable: { status: 409, title: 'The run cannot be stopped', members: ['state'] },
  not_a_voter: { status: 409, title: 'The member has no vote', members: ['member_id'] },
  not_a_file: { status: 409, title: 'The key is a directory' },
  not_a_directory: { status: 409, title: 'A key lies where a directory would be' },
  payload_too_large: { status: 413, title: 'The request is too large', members: ['limit', 'max_bytes'] },
  uri_too_long: { status: 414, title: 'The URL is too long' },
  unsupported_media_type: { status: 415, title: 'The body has a type that is not taken' },
  misdirected_request: { status: 421, title: 'The host name is not allowed' },
  result_too_large: { status: 422, title: 'The result is too large', members: ['max_bytes'] },
  rate_limited: { status: 429, title: 'Too many attempts from one address', retryAfter: 1 },
  internal: { status: 500, title: 'Internal error' },
  not_supported: { status: 501, title: 'This etcd cannot do that', members: ['etcd_version'] },
  etcd_error: { status: 502, title: 'etcd refused the call', members: ['etcd_status'] },
  etcd_auth_failed: { status: 502, title: 'etcd refused our user or certificate' },
  etcd_unavailable: { status: 503, title: 'No etcd endpoint answers', retryAfter: 2, members: ['endpoints'] },
  member_unreachable: {
    status: 503,
    title: 'The member does not answer',
    retryAfter: 2,
    members: ['member_id', 'stage'],
  },
  no_quorum: { status: 503, title: 'etcd has no leader or no quorum', retryAfter: 2 },
  etcd_overloaded: { status: 503, title: 'etcd takes no more requests', retryAfter: 1 },
  etcd_corrupt: { status: 503, title: 'etcd raised the alarm CORRUPT' },
  storage_unavailable: { status: 503, title: 'The time-series store does not answer', retryAfter: 5 },
  auth_store_unavailable: { status: 503, title: 'The state store does not answer', retryAfter: 2 },
  audit_unavailable: { status: 503, title: 'The audit log cannot be written', retryAfter: 5 },
  login_capacity: { status: 503, title: 'Too many sign-ins are waiting', retryAfter: 1 },
  overloaded: { status: 503, title: 'Too many requests of this kind are running', retryAfter: 1 },
  shutting_down: { status: 503, title: 'The process is stopping', retryAfter: 1 },
  v2_unavailable: { status: 503, title: 'The v2 API of etcd is off or gone', retryAfter: 10 },
  etcd_timeout: { status: 504, title: 'etcd did not answer in time' },
  outcome_unknown: {
    status: 504,
    title: 'The change was sent, and its outcome is not known',
    members: ['lease_id', 'run_id'],
  },
  etcd_nospace: { status: 507, title: 'etcd takes no writes: its alarm NOSPACE is active' },
} as const satisfies Record<ErrorCode, ProblemKind>
