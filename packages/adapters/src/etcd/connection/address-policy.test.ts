import { expect, it } from 'vitest'
import { createAddressPolicy } from './address-policy.ts'

const PRIVATE = ['https://10.9.0.4:2379']

it.each([
  ['https://10.9.0.5:2379', { isSecure: true, host: '10.9.0.5', port: 2379 }],
  ['https://etcd-1.internal:2379/', { isSecure: true, host: 'etcd-1.internal', port: 2379 }],
  ['https://[2001:db8::1]:2379', { isSecure: true, host: '2001:db8::1', port: 2379 }],
  ['https://etcd-1', { isSecure: true, host: 'etcd-1', port: 443 }],
])('ET18 takes %s', (url, parts) => {
  expect(createAddressPolicy(PRIVATE, []).judgeUrl(url)).toEqual(parts)
})

it.each([
  ['http://10.9.0.5:2379', 'scheme'],
  ['unix:///var/run/etcd.sock', 'scheme'],
  ['unixs://localhost:2379', 'scheme'],
  ['10.9.0.5:2379', 'scheme'],
  ['ftp://10.9.0.5:2379', 'scheme'],
  ['', 'scheme'],
  ['https://user@10.9.0.5:2379', 'user_info'],
  ['https://user:secret@10.9.0.5:2379', 'user_info'],
  ['https://10.9.0.5:2379/admin', 'path'],
  ['https://10.9.0.5:2379?x=1', 'path'],
  ['https://10.9.0.5:2379#x', 'path'],
  ['https://10.9.0.5:2379\\@evil.invalid', 'path'],
  ['https://10.9.0.5:0', 'port'],
  ['https://10.9.0.5:65536', 'port'],
  ['https://10.9.0.5:', 'port'],
  ['https://a b:2379', 'address'],
  ['https://[::1', 'address'],
])('ET18 refuses %s for its %s', (url, blocked) => {
  expect(createAddressPolicy(PRIVATE, []).judgeUrl(url)).toEqual({ blocked })
})

it.each([
  '127.0.0.1',
  '127.8.8.8',
  '::1',
  '169.254.169.254',
  'fe80::1',
  'fe80::1%eth0',
  '224.0.0.1',
  'ff02::1',
  '0.0.0.0',
  '::',
  '255.255.255.255',
  '::ffff:127.0.0.1',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
])('ET18 refuses the address %s beside private endpoints', async (address) => {
  expect(await createAddressPolicy(PRIVATE, []).judgeAddress(address)).toBe('address')
})

it.each(['10.0.0.1', '192.168.1.1', '8.8.8.8', '2001:db8::1', '::ffff:10.0.0.1'])(
  'takes the address %s',
  async (address) => {
    expect(await createAddressPolicy(PRIVATE, []).judgeAddress(address)).toBeUndefined()
  },
)

it.each([
  ['http://127.0.0.1:2379', '127.0.0.1', undefined],
  ['http://127.0.0.1:2379', '::1', undefined],
  ['http://localhost:2379', '127.0.0.1', undefined],
  ['http://127.0.0.1:2379', '169.254.1.1', 'address'],
  ['http://169.254.1.2:2379', '169.254.1.1', undefined],
  ['http://nohost.invalid:2379', '127.0.0.1', 'address'],
])(
  'beside the endpoint %s judges %s as %s: the class of an endpoint is allowed',
  async (endpoint, address, reason) => {
    expect(await createAddressPolicy([endpoint], []).judgeAddress(address)).toBe(reason)
  },
)

it.each([
  ['10.9.1.1', undefined],
  ['::ffff:10.9.1.1', undefined],
  ['2001:db8::5', undefined],
  ['10.10.0.1', 'not_allowed'],
  ['2001:db9::5', 'not_allowed'],
  ['127.0.0.1', 'address'],
])('with allowed networks judges %s as %s', async (address, reason) => {
  const policy = createAddressPolicy(PRIVATE, ['10.9.0.0/16', '2001:db8::/32'])
  expect(await policy.judgeAddress(address)).toBe(reason)
})
