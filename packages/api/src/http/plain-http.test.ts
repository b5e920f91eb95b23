import { expect, it } from 'vitest'
import { plainHttpWarning } from './plain-http.ts'

it.each([
  ['0.0.0.0', false, [], true],
  ['::', false, [], true],
  ['192.0.2.1', false, [], true],
  ['fe80::1', false, [], true],
  ['127.0.0.1', false, [], false],
  ['127.1.2.3', false, [], false],
  ['::1', false, [], false],
  ['::', true, [], false],
  ['::', false, ['10.0.0.0/8'], false],
])('on %s, with TLS %s, behind %j: warns %s', (address, isTls, trustedProxies, warns) => {
  expect(plainHttpWarning({ address, isTls, trustedProxies }) !== undefined).toBe(warns)
})

it('says what to do', () => {
  expect(plainHttpWarning({ address: '::', isTls: false, trustedProxies: [] })).toMatch(
    /set server\.tls_enable, or listen on 127\.0\.0\.1/,
  )
})
