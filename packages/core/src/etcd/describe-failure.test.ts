import { expect, it } from 'vitest'
import { describeFailure, toFailureMessage } from './describe-failure.ts'

it.each([
  [
    'refused',
    'connect ECONNREFUSED 127.0.0.1:1',
    'connect ECONNREFUSED 127.0.0.1:1: nothing listens there; in a container 127.0.0.1 is the container itself',
  ],
  ['refused', 'not started (peer 10.0.0.1:2380)', 'not started (peer 10.0.0.1:2380)'],
  [
    'tls_untrusted',
    'unable to verify',
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

it('keeps sentences and messages within 200 characters, without control characters', () => {
  expect(describeFailure({ kind: 'tls_name', message: 'x'.repeat(300) })).toHaveLength(200)
  expect(toFailureMessage(`a\r\n\u001b[31mb${'c'.repeat(300)}`)).toBe(
    `a [31mb${'c'.repeat(300)}`.slice(0, 200),
  )
})
