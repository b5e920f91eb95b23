import type { ErrorCode } from '../errors.ts'

/** Furthest stage reached, or the one that failed. */
export type EtcdStage = 'dns' | 'tcp' | 'tls' | 'auth' | 'quorum' | 'ready'

/** Kinds of etcd.md 5.2 that the calls of this version can meet. */
export type EtcdFailureKind =
  | 'blocked_url'
  | 'dns'
  | 'refused'
  | 'timeout'
  | 'tls_untrusted'
  | 'tls_name'
  | 'tls_expired'
  | 'tls_client_cert_required'
  | 'tls_protocol'
  | 'not_etcd'
  | 'wrong_cluster'
  | 'wrong_member'
  | 'auth_failed'
  | 'permission_denied'
  | 'learner'
  | 'no_leader'
  | 'proposal_dropped'
  | 'leader_changed'
  | 'server_timeout'
  | 'no_space'
  | 'corrupt'
  | 'overloaded'
  | 'disk_full'
  | 'request_too_large'
  | 'reply_too_large'
  | 'compacted'
  | 'future_revision'
  | 'lease_not_found'
  | 'not_leader'
  | 'bad_transferee'
  | 'transfer_timeout'
  | 'not_supported'
  | 'connection_lost'
  | 'deadline'
  | 'unknown'

/** Plain data, safe to store and to show; `message` at most 200 characters, control characters replaced (etcd.md 5.1). */
export interface EtcdFailure {
  readonly kind: EtcdFailureKind
  readonly stage: EtcdStage
  readonly endpoint: string
  readonly method: string
  readonly grpcStatus: string
  /** False only when it is certain that nothing was sent. */
  readonly sent: boolean
  readonly message: string
  /** Whom etcd saw in us when it said `permission_denied`, as far as we know. */
  readonly user?: string
  /** What to do about it besides what its kind tells. */
  readonly advice?: string
  /** What the doctor found, for people, at most 300 characters: it knows more than the kind tells. */
  readonly sentence?: string
}

/** What a failed call shows. */
export interface FailureSigns {
  /** Name of the gRPC status, such as `UNAVAILABLE`; `""` when there was none. */
  readonly status: string
  readonly message: string
  /** Of Node's error, such as `ECONNREFUSED`; `""` when there is none. */
  readonly code: string
}

interface FailureRow {
  readonly stage: EtcdStage
  /** Text of the message or code of the error, without case. Absent, as `statuses`: never recognised, only named. */
  readonly text?: RegExp
  readonly statuses?: readonly string[]
  /** Code of a read that may ask any member; of one that asks this member alone. */
  readonly anyMember: ErrorCode
  readonly oneMember: ErrorCode
  /** Code of a change; absent: nothing was applied, as for a read. */
  readonly change?: ErrorCode
}

const away = { anyMember: 'etcd_unavailable', oneMember: 'member_unreachable' } as const
const both = (code: ErrorCode) => ({ anyMember: code, oneMember: code })
/** Something may have been applied. */
const perhaps = { change: 'outcome_unknown' } as const

/** Kinds of failure (etcd.md 5.2), tried in this order. */
const FAILURES = {
  blocked_url: { stage: 'dns', ...away },
  dns: { stage: 'dns', text: /name resolution failed|ENOTFOUND|EAI_AGAIN/i, ...away },
  refused: { stage: 'tcp', text: /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH/, ...away },
  timeout: { stage: 'tcp', text: /ETIMEDOUT/, ...away },
  tls_untrusted: {
    stage: 'tls',
    text: /UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT|unable to verify|self[- ]signed|unable to get .*issuer/i,
    ...away,
  },
  tls_name: { stage: 'tls', text: /ERR_TLS_CERT_ALTNAME_INVALID|altnames/i, ...away },
  tls_expired: {
    stage: 'tls',
    text: /CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|certificate has expired|alert certificate expired|not yet valid/i,
    ...away,
  },
  // alerts 42, 46, 48 and 116; OpenSSL 3 writes "tlsv1 alert …", "tlsv13 alert …" and "ssl/tls alert …"
  tls_client_cert_required: {
    stage: 'tls',
    text: /alert bad certificate|certificate required|alert unknown ca|alert certificate unknown|alert number (42|46|48|116)\b/i,
    ...away,
  },
  tls_protocol: { stage: 'tls', text: /disconnected before secure TLS|wrong version number/i, ...away },
  not_etcd: { stage: 'tcp', text: /Received HTTP status code/i, ...away },
  wrong_cluster: { stage: 'ready', ...away, ...perhaps },
  wrong_member: { stage: 'ready', ...both('member_unreachable') },
  auth_failed: {
    stage: 'auth',
    text: /authentication failed|user name not found|invalid auth token|revision of auth store is old|user name is empty/i,
    statuses: ['UNAUTHENTICATED'],
    ...both('etcd_auth_failed'),
  },
  permission_denied: {
    stage: 'auth',
    text: /permission denied/i,
    statuses: ['PERMISSION_DENIED'],
    ...both('permission_denied'),
  },
  learner: { stage: 'ready', text: /not supported for learner/i, ...both('not_supported') },
  no_leader: { stage: 'quorum', text: /etcdserver: no leader/i, ...both('no_quorum') },
  // a login goes through raft
  proposal_dropped: { stage: 'quorum', text: /raft proposal dropped/i, ...both('no_quorum') },
  leader_changed: {
    stage: 'quorum',
    text: /leader changed|timed out, possibly due to previous leader failure/i,
    ...both('no_quorum'),
    ...perhaps,
  },
  // its text begins as that of the next one
  transfer_timeout: {
    stage: 'quorum',
    text: /leader transfer took too long/i,
    ...both('no_quorum'),
    ...perhaps,
  },
  server_timeout: {
    stage: 'quorum',
    text: /etcdserver: request timed out|context deadline exceeded/i,
    ...both('etcd_timeout'),
    ...perhaps,
  },
  // a put that was in flight when the alarm rose may be applied, but is answered so: read before trying again
  no_space: { stage: 'ready', text: /database space exceeded/i, ...both('etcd_nospace') },
  corrupt: { stage: 'ready', text: /corrupt cluster/i, statuses: ['DATA_LOSS'], ...both('etcd_corrupt') },
  overloaded: { stage: 'ready', text: /too many requests/i, ...both('etcd_overloaded') },
  disk_full: { stage: 'ready', text: /no space left on device/i, ...both('etcd_error') },
  // the same words with a capital are grpc-js speaking of a reply
  request_too_large: {
    stage: 'ready',
    text: /request is too large|^grpc: received message larger than max/,
    ...both('payload_too_large'),
  },
  reply_too_large: {
    stage: 'ready',
    text: /^Received message larger than max/,
    ...both('etcd_error'),
    ...perhaps,
  },
  compacted: { stage: 'ready', text: /has been compacted/i, ...both('revision_compacted') },
  future_revision: { stage: 'ready', text: /is a future revision/i, ...both('revision_in_future') },
  lease_not_found: { stage: 'ready', text: /requested lease not found/i, ...both('etcd_error') },
  not_leader: { stage: 'ready', text: /etcdserver: not leader/i, ...both('etcd_error') },
  bad_transferee: { stage: 'ready', text: /bad leader transferee/i, ...both('not_a_voter') },
  not_supported: { stage: 'ready', statuses: ['UNIMPLEMENTED'], ...both('not_supported') },
  connection_lost: {
    stage: 'tcp',
    text: /ECONNRESET|EPIPE|GOAWAY/,
    statuses: ['UNAVAILABLE', 'CANCELLED'],
    ...both('etcd_timeout'),
    ...perhaps,
  },
  deadline: { stage: 'ready', statuses: ['DEADLINE_EXCEEDED'], ...both('etcd_timeout'), ...perhaps },
  unknown: { stage: 'ready', ...both('etcd_error') },
} as const satisfies Record<EtcdFailureKind, FailureRow>

const ROWS: readonly (readonly [string, FailureRow])[] = Object.entries(FAILURES)

export function recogniseFailure({ status, message, code }: FailureSigns): EtcdFailureKind {
  const found = ROWS.find(
    ([, { text, statuses }]) =>
      text?.test(message) || (code !== '' && text?.test(code)) || statuses?.includes(status),
  )
  return (found?.[0] as EtcdFailureKind | undefined) ?? 'unknown' // a key of FAILURES
}

export const stageOf = (kind: EtcdFailureKind): EtcdStage => FAILURES[kind].stage

type Asked = 'any member' | 'one member'

/** Code that a read fails with. */
export const codeOfRead = (kind: EtcdFailureKind, asked: Asked): ErrorCode =>
  FAILURES[kind][asked === 'any member' ? 'anyMember' : 'oneMember']

/** Statuses with which etcd refuses before it does anything. */
const REFUSING = ['INVALID_ARGUMENT', 'FAILED_PRECONDITION', 'NOT_FOUND', 'ALREADY_EXISTS', 'OUT_OF_RANGE']

/** Code that a change fails with: what proves that nothing was applied is told as for a read. */
export function codeOfChange(failure: EtcdFailure, asked: Asked = 'any member'): ErrorCode {
  const { kind, sent, grpcStatus, method } = failure
  const row: FailureRow = FAILURES[kind]
  const unapplied = codeOfRead(kind, asked)
  if (!sent || method === 'Auth.Authenticate') return unapplied
  if (kind === 'unknown' && !REFUSING.includes(grpcStatus)) return 'outcome_unknown'
  return row.change ?? unapplied
}

const NOT_REACHED: readonly EtcdStage[] = ['dns', 'tcp', 'tls']

/** Nothing was reached there: neither a connection nor an answer. */
export const isNotReached = ({ stage }: Pick<EtcdFailure, 'stage'>): boolean => NOT_REACHED.includes(stage)
