import { expect, it } from 'vitest'
import { describeDiagnosis } from './describe-diagnosis.ts'
import type { DoctorFacts } from './doctor-stage.ts'
import { type EtcdFailureKind, stageOf } from './failure.ts'

const failureOf = (kind: EtcdFailureKind, message = '') => ({
  kind,
  message,
  stage: stageOf(kind),
  endpoint: 'https://10.9.0.4:2379',
  method: 'connect',
  grpcStatus: '',
  sent: false,
})
const tls = {
  protocol: 'TLSv1.3',
  issuer: 'lab CA',
  names: ['etcd-0.internal', 'localhost'],
  expiresAt: Date.UTC(2026, 0, 2),
}
const ours = { issuer: 'other CA', isForClients: true }
const byPassword = { user: { name: 'app', from: 'password' } } as const
const byCertificate = { user: { name: 'monitor', from: 'certificate' } } as const

it.each<[EtcdFailureKind, string, DoctorFacts, string]>([
  [
    'tls_untrusted',
    '',
    { tls },
    'the certificate is signed by lab CA, which is not trusted here: set etcd.tls_ca_cert to the CA that signed it',
  ],
  [
    'tls_name',
    '',
    { tls },
    'the certificate is for etcd-0.internal, localhost, not for 10.9.0.4: use one of its names or set etcd.tls_server_name',
  ],
  [
    'tls_name',
    '',
    { tls: { ...tls, names: [] } },
    'the certificate is for no name, not for 10.9.0.4: use one of its names or set etcd.tls_server_name',
  ],
  [
    'tls_expired',
    'CERT_HAS_EXPIRED',
    { tls },
    'the certificate of the server expired on 2026-01-02T00:00:00.000Z: renew it',
  ],
  [
    'tls_expired',
    'CERT_NOT_YET_VALID',
    { tls },
    'the certificate of the server is not valid yet: check the clocks',
  ],
  [
    'tls_expired',
    'our certificate (etcd.tls_cert) expired on X',
    {},
    'our certificate (etcd.tls_cert) expired on X: renew it',
  ],
  [
    'tls_client_cert_required',
    '',
    {},
    'the server asks for a client certificate: set etcd.tls_cert and etcd.tls_key, signed by the CA that it trusts',
  ],
  [
    'tls_client_cert_required',
    '',
    { ours },
    'the server refuses our certificate (etcd.tls_cert), which is signed by other CA: use one of the CA that the server trusts',
  ],
  [
    'tls_client_cert_required',
    '',
    { ours: { ...ours, isForClients: false } },
    'the server refuses our certificate (etcd.tls_cert), which is not for clients: its extended key usage lacks clientAuth',
  ],
  ['tls_protocol', '', {}, 'one side speaks TLS and the other does not: check http:// and https://'],
  [
    'permission_denied',
    '',
    byPassword,
    'the etcd user "app" (from the password) needs the root role for this; monitoring by /metrics goes on',
  ],
  [
    'auth_failed',
    'etcd wants a user',
    byCertificate,
    'the name in our certificate, "monitor", is no etcd user: add it, or set etcd.username and etcd.password',
  ],
  ['auth_failed', 'user name or password is wrong', byPassword, 'user name or password is wrong'],
])('says of %s "%s" with what is known: %o', (kind, message, facts, sentence) => {
  expect(describeDiagnosis(failureOf(kind, message), facts)).toBe(sentence)
})

it('is short, and free of control characters, whatever a certificate says', () => {
  const names = Array.from({ length: 20 }, (_, at) => `${'n'.repeat(99)}${at}\n`)
  const sentence = describeDiagnosis(failureOf('tls_name'), { tls: { ...tls, names } })
  expect(sentence.length).toBeLessThanOrEqual(300)
  expect(sentence).not.toContain('\n')
})
