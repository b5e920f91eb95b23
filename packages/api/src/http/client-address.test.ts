import { expect, it } from 'vitest'
import { createClientAddress } from './client-address.ts'

const PROXIES = ['127.0.0.1/32', '10.0.0.0/8', 'fd00::/8']

it.each([
  ['the peer, without proxies', [], '127.0.0.1', '198.51.100.7', '127.0.0.1'],
  ['the peer, when it is none', PROXIES, '192.0.2.1', '198.51.100.7', '192.0.2.1'],
  ['the peer, without the header', PROXIES, '10.0.0.1', undefined, '10.0.0.1'],
  ['who the proxy saw', PROXIES, '127.0.0.1', '198.51.100.7', '198.51.100.7'],
  ['who the proxy saw, of a mapped peer', PROXIES, '::ffff:127.0.0.1', '198.51.100.7', '198.51.100.7'],
  ['the right-most that is no proxy', PROXIES, '10.0.0.1', '1.1.1.1, 198.51.100.7, 10.9.9.9', '198.51.100.7'],
  ['the left-most, when all are proxies', PROXIES, '10.0.0.1', '10.0.0.3,10.0.0.2', '10.0.0.3'],
  ['IPv6, in brackets with a port', PROXIES, 'fd00::1', '[2001:db8::7]:4711', '2001:db8::7'],
  ['IPv4 with a port', PROXIES, '10.0.0.1', '198.51.100.7:4711', '198.51.100.7'],
  [
    'the hop that wrote what is no address',
    PROXIES,
    '10.0.0.1',
    '198.51.100.7, unknown, 10.0.0.2',
    '10.0.0.2',
  ],
  ['the peer, when it wrote any text as a zone', PROXIES, '10.0.0.1', '198.51.100.7%<b>', '10.0.0.1'],
  ['the peer, when it wrote none', PROXIES, '10.0.0.1', '"><script>', '10.0.0.1'],
  ['the peer, when it wrote nothing', PROXIES, '10.0.0.1', '', '10.0.0.1'],
])('C12 the client is %s', (_, trusted, peer, forwardedFor, client) => {
  expect(createClientAddress(trusted)(peer, forwardedFor)).toBe(client)
})

it('follows 32 hops and no more', () => {
  const hops = Array.from({ length: 40 }, (_, index) => `10.0.0.${index}`).join(', ')
  expect(createClientAddress(PROXIES)('10.1.1.1', hops)).toBe('10.0.0.8')
})
