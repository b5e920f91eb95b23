import { expect, it } from 'vitest'
import { describeFailure, toFailureMessage } from './describe-failure.ts'

it.each([
  [
    'refused',
    'connect ECONNREFUSED 127.0.0.1:1',
    'connection refused: nothing listens there; in a container 127.0.0.1 is the container itself',
  ],
  [
    'refused',
    'connect EHOSTUNREACH 10.0.0.9:2379 - Local (10.0.0.2:40312)',
    'no network path leads there: check routes and firewalls',
  ],
  ['timeout', 'connect ETIMEDOUT 10.0.0.9:2379', 'no connection in time: a firewall, or a wrong address'],
  ['timeout', 'accepts connections but does not answer', 'accepts connections but does not answer'],
  [
    'dns',
    'Name resolution failed for target dns:etcd.invalid:2379',
    'the name leads to no address: check the host name and the name server',
  ],
  ['not_etcd', 'Protocol error', "something answers there, but not etcd's client port (a metrics listener?)"],
  [
    'deadline',
    'Deadline exceeded after 3.000s,metadata filters: 0.002s',
    'the process accepts connections but does not answer: it may be starting without a quorum, hang, or be defragmenting',
  ],
  [
    'connection_lost',
    'read ECONNRESET',
    'the connection broke before the answer: the process may have ended',
  ],
  [
    'tls_name',
    "Hostname/IP does not match certificate's altnames: Host: a. is not in the cert's altnames: DNS:b, DNS:c.example",
    'the certificate is for b, c.example: use one of its names or set etcd.tls_server_name',
  ],
  [
    'tls_name',
    "Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the cert's list: 10.0.0.1",
    'the certificate is for 10.0.0.1: use one of its names or set etcd.tls_server_name',
  ],
  [
    'tls_name',
    'Cert does not contain a DNS name',
    'the certificate is for another name: use one of its names or set etcd.tls_server_name',
  ],
  ['tls_expired', 'certificate has expired', 'the certificate of the server has expired: renew it'],
  [
    'tls_expired',
    'certificate is not yet valid',
    'the certificate of the server is not valid yet: check the clocks',
  ],
  [
    'tls_expired',
    '401C:error:0A000415:SSL routines:ssl3_read_bytes:ssl/tls alert certificate expired',
    'the server says that our certificate (etcd.tls_cert) has expired: renew it',
  ],
  [
    'tls_expired',
    'our certificate (etcd.tls_cert) expired on 2026-01-01T00:00:00.000Z',
    'our certificate (etcd.tls_cert) expired on 2026-01-01T00:00:00.000Z: renew it',
  ],
  ['refused', 'not started (peer 10.0.0.1:2380)', 'not started (peer 10.0.0.1:2380)'],
  [
    'tls_untrusted',
    'self-signed certificate; if the root CA is installed locally, try running Node.js with --use-system-ca',
    'the certificate is signed by no known CA: set etcd.tls_ca_cert to the CA that signed it',
  ],
  ['tls_protocol', 'x', 'one side speaks TLS and the other does not: check http:// and https://'],
  ['server_timeout', 'no login in time: x', 'no login in time: x'],
  [
    'server_timeout',
    'etcdserver: request timed out',
    'this member answers but the cluster has no leader: see the other members',
  ],
  ['blocked_url', 'address', 'blocked_url: address'],
  ['unknown', 'something new', 'something new'],
] as const)('says of %s %s what to do', (kind, message, sentence) => {
  expect(describeFailure({ kind, message })).toBe(sentence)
})

it('adds the advice of a failure whole, whatever else there is to say', () => {
  const advice = `advertises ${'a'.repeat(150)}`
  const said = describeFailure({ kind: 'blocked_url', message: 'not_allowed '.repeat(20), advice })
  expect(said).toHaveLength(200)
  expect(said).toMatch(/^blocked_url: not_allowed .*; advertises a{150}$/)
  expect(describeFailure({ kind: 'tls_protocol', message: 'x', advice: 'add an endpoint' })).toBe(
    'one side speaks TLS and the other does not: check http:// and https://; add an endpoint',
  )
})

it('keeps sentences and messages within 200 characters, without control characters', () => {
  expect(describeFailure({ kind: 'unknown', message: 'x'.repeat(300) })).toHaveLength(200)
  expect(toFailureMessage(`a\r\n\u001b[31mb${'c'.repeat(300)}`)).toBe(
    `a [31mb${'c'.repeat(300)}`.slice(0, 200),
  )
})

it('speaks of keys, not of the root role, where keys were refused', () => {
  const refused = { kind: 'permission_denied', message: 'etcdserver: permission denied' } as const
  expect(describeFailure({ ...refused, method: 'KV.Range' })).toBe(
    'the etcd user of this console may not do that with these keys',
  )
  const needsRoot = 'needs the root role for this; monitoring by /metrics goes on'
  for (const method of ['Maintenance.Status', 'KV.compact'])
    expect(describeFailure({ ...refused, method })).toBe(`the etcd user of this console ${needsRoot}`)
})

it('names the etcd user that was refused, whatever its name holds', () => {
  const refused = { kind: 'permission_denied', message: 'etcdserver: permission denied' } as const
  expect(describeFailure({ ...refused, method: 'Maintenance.HashKV', user: 'app' })).toBe(
    'the etcd user "app" needs the root role for this; monitoring by /metrics goes on',
  )
  expect(describeFailure({ ...refused, method: 'KV.range', user: 'a"\n' })).toBe(
    'the etcd user "a\\"\\n" may not do that with these keys',
  )
  expect(describeFailure({ ...refused, user: 'x'.repeat(300) }).length).toBeLessThanOrEqual(200)
})

it('lets the doctor speak, who has seen more', () => {
  const failure = { kind: 'tls_untrusted', message: 'self-signed certificate', advice: 'try' } as const
  expect(describeFailure({ ...failure, sentence: 'signed by lab CA' })).toBe('signed by lab CA')
})
