import { describe, expect, it } from 'vitest'
import {
  codeOfChange,
  codeOfRead,
  type EtcdFailureKind,
  isNotReached,
  recogniseFailure,
  stageOf,
} from './failure.ts'

/** Texts as grpc-js 1.14 on Node 26 and etcd 3.4 to 3.6 gave them. */
const SEEN: readonly (readonly [kind: EtcdFailureKind, status: string, message: string])[] = [
  ['dns', 'UNAVAILABLE', 'Name resolution failed for target dns:nohost.invalid:2379'],
  [
    'refused',
    'UNAVAILABLE',
    'No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:1. Resolution note: ',
  ],
  ['refused', '', 'connect ENETUNREACH 192.0.2.1:2379'],
  ['refused', '', 'connect EHOSTUNREACH 10.0.0.9:2379'],
  ['timeout', '', 'connect ETIMEDOUT 10.0.0.9:2379'],
  [
    'tls_untrusted',
    'UNAVAILABLE',
    'No connection established. Last error: Error: unable to verify the first certificate; if the root CA is installed locally, try running Node.js with --use-system-ca. Resolution note: ',
  ],
  ['tls_untrusted', '', 'self-signed certificate in certificate chain'],
  ['tls_untrusted', '', 'unable to get local issuer certificate'],
  [
    'tls_name',
    'UNAVAILABLE',
    "Error [ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the cert's list: 127.0.0.2",
  ],
  ['tls_expired', 'UNAVAILABLE', 'No connection established. Last error: Error: certificate has expired'],
  ['tls_expired', '', 'certificate is not yet valid'],
  ['tls_expired', '', 'error:0A000415:SSL routines:ssl3_read_bytes:ssl/tls alert certificate expired'],
  [
    'tls_client_cert_required',
    'UNAVAILABLE',
    '40D3:error:0A000412:SSL routines:ssl3_read_bytes:ssl/tls alert bad certificate:../deps/openssl/openssl/ssl/record/rec_layer_s3.c:918:SSL alert number 42',
  ],
  ['tls_client_cert_required', '', 'tlsv13 alert certificate required'],
  [
    'tls_protocol',
    'UNAVAILABLE',
    'No connection established. Last error: Error: Client network socket disconnected before secure TLS connection was established. Resolution note: ',
  ],
  ['tls_protocol', '', 'error:0A00010B:SSL routines:tls_validate_record_header:wrong version number'],
  ['not_etcd', 'UNIMPLEMENTED', 'Received HTTP status code 404'],
  ['auth_failed', 'UNAUTHENTICATED', 'etcdserver: invalid auth token'],
  ['auth_failed', 'UNKNOWN', 'etcdserver: invalid auth token'],
  ['auth_failed', 'INVALID_ARGUMENT', 'etcdserver: authentication failed, invalid user ID or password'],
  ['auth_failed', 'INVALID_ARGUMENT', 'etcdserver: user name is empty'],
  ['auth_failed', 'INVALID_ARGUMENT', 'etcdserver: revision of auth store is old'],
  ['permission_denied', 'PERMISSION_DENIED', 'etcdserver: permission denied'],
  ['permission_denied', 'UNKNOWN', 'etcdserver: permission denied'],
  ['learner', 'UNAVAILABLE', 'etcdserver: rpc not supported for learner'],
  ['learner', 'FAILED_PRECONDITION', 'etcdserver: rpc not supported for learner'],
  ['no_leader', 'UNAVAILABLE', 'etcdserver: no leader'],
  ['proposal_dropped', 'UNAVAILABLE', 'etcdserver: raft proposal dropped'],
  ['leader_changed', 'UNAVAILABLE', 'etcdserver: leader changed'],
  ['leader_changed', 'UNAVAILABLE', 'etcdserver: request timed out, possibly due to previous leader failure'],
  ['server_timeout', 'UNAVAILABLE', 'etcdserver: request timed out'],
  ['server_timeout', 'UNAVAILABLE', 'etcdserver: request timed out, possibly due to connection lost'],
  ['server_timeout', 'DEADLINE_EXCEEDED', 'context deadline exceeded'],
  ['corrupt', 'DATA_LOSS', 'etcdserver: corrupt cluster'],
  ['overloaded', 'RESOURCE_EXHAUSTED', 'etcdserver: too many requests'],
  ['not_supported', 'UNIMPLEMENTED', 'unknown service etcdserverpb.Maintenance'],
  ['connection_lost', 'UNAVAILABLE', 'Connection dropped'],
  ['connection_lost', 'CANCELLED', 'Call cancelled'],
  ['connection_lost', '', 'read ECONNRESET'],
  ['deadline', 'DEADLINE_EXCEEDED', 'Deadline exceeded after 3.000s,remote_addr=127.0.0.1:2379'],
  ['no_space', 'RESOURCE_EXHAUSTED', 'etcdserver: mvcc: database space exceeded'],
  ['disk_full', 'UNKNOWN', 'write /data/member/snap/db: no space left on device'],
  ['request_too_large', 'INVALID_ARGUMENT', 'etcdserver: request is too large'],
  ['request_too_large', 'RESOURCE_EXHAUSTED', 'grpc: received message larger than max (2098526 vs. 2097152)'],
  ['reply_too_large', 'RESOURCE_EXHAUSTED', 'Received message larger than max (33554500 vs 33554432)'],
  ['compacted', 'OUT_OF_RANGE', 'etcdserver: mvcc: required revision has been compacted'],
  ['future_revision', 'OUT_OF_RANGE', 'etcdserver: mvcc: required revision is a future revision'],
  ['lease_not_found', 'NOT_FOUND', 'etcdserver: requested lease not found'],
  ['not_leader', 'FAILED_PRECONDITION', 'etcdserver: not leader'],
  ['bad_transferee', 'FAILED_PRECONDITION', 'etcdserver: bad leader transferee'],
  ['transfer_timeout', 'UNAVAILABLE', 'etcdserver: request timed out, leader transfer took too long'],
  ['unknown', 'INTERNAL', 'something new'],
]

describe('recogniseFailure', () => {
  it.each(SEEN)('ET2 finds %s in %s %s', (kind, status, message) => {
    expect(recogniseFailure({ status, message, code: '' })).toBe(kind)
  })

  it.each([
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['ECONNREFUSED', 'refused'],
    ['ETIMEDOUT', 'timeout'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls_untrusted'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_untrusted'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls_name'],
    ['CERT_HAS_EXPIRED', 'tls_expired'],
    ['ECONNRESET', 'connection_lost'],
  ])('knows the code %s as %s', (code, kind) => {
    expect(recogniseFailure({ status: '', message: '', code })).toBe(kind)
  })
})

it('gives a stage to each kind, and those before an answer mean that nothing was reached', () => {
  expect(stageOf('dns')).toBe('dns')
  expect(stageOf('tls_name')).toBe('tls')
  expect(stageOf('no_leader')).toBe('quorum')
  expect(isNotReached({ stage: stageOf('timeout') })).toBe(true)
  expect(isNotReached({ stage: stageOf('permission_denied') })).toBe(false)
  expect(isNotReached({ stage: stageOf('deadline') })).toBe(false)
})

it.each([
  ['refused', 'etcd_unavailable', 'member_unreachable'],
  ['tls_name', 'etcd_unavailable', 'member_unreachable'],
  ['wrong_cluster', 'etcd_unavailable', 'member_unreachable'],
  ['wrong_member', 'member_unreachable', 'member_unreachable'],
  ['auth_failed', 'etcd_auth_failed', 'etcd_auth_failed'],
  ['no_leader', 'no_quorum', 'no_quorum'],
  ['proposal_dropped', 'no_quorum', 'no_quorum'],
  ['leader_changed', 'no_quorum', 'no_quorum'],
  ['connection_lost', 'etcd_timeout', 'etcd_timeout'],
  ['unknown', 'etcd_error', 'etcd_error'],
] as const)('answers a read that failed by %s with %s, or %s for one member', (kind, any, one) => {
  expect(codeOfRead(kind, 'any member')).toBe(any)
  expect(codeOfRead(kind, 'one member')).toBe(one)
})

it.each([
  ['refused', { sent: false }, 'etcd_unavailable'],
  ['connection_lost', {}, 'outcome_unknown'],
  ['deadline', {}, 'outcome_unknown'],
  ['deadline', { sent: false }, 'etcd_timeout'],
  ['leader_changed', {}, 'outcome_unknown'],
  ['server_timeout', {}, 'outcome_unknown'],
  ['server_timeout', { method: 'Auth.Authenticate' }, 'etcd_timeout'],
  ['wrong_cluster', {}, 'outcome_unknown'],
  ['proposal_dropped', {}, 'no_quorum'],
  ['no_leader', {}, 'no_quorum'],
  ['no_space', {}, 'etcd_nospace'],
  ['request_too_large', {}, 'payload_too_large'],
  ['permission_denied', {}, 'permission_denied'],
  ['bad_transferee', {}, 'not_a_voter'],
  ['transfer_timeout', {}, 'outcome_unknown'],
  ['unknown', { grpcStatus: 'INVALID_ARGUMENT' }, 'etcd_error'],
  ['unknown', { grpcStatus: 'INTERNAL' }, 'outcome_unknown'],
] as const)('answers a change that failed by %s %j with %s', (kind, over, code) => {
  const failure = { kind, stage: stageOf(kind), endpoint: '', method: 'KV.Txn', sent: true, message: '' }
  expect(codeOfChange({ ...failure, grpcStatus: 'UNAVAILABLE', ...over })).toBe(code)
})

it.each([
  ['refused', { sent: false }, 'member_unreachable'],
  ['wrong_member', {}, 'member_unreachable'],
  ['connection_lost', {}, 'outcome_unknown'],
  ['disk_full', {}, 'etcd_error'],
] as const)('answers a change of one member that failed by %s %j with %s', (kind, over, code) => {
  const method = 'Maintenance.Defragment'
  const failure = { kind, stage: stageOf(kind), endpoint: '', method, sent: true, message: '' }
  expect(codeOfChange({ ...failure, grpcStatus: 'UNAVAILABLE', ...over }, 'one member')).toBe(code)
})
