import { describe, expect, it } from 'vitest'
import { addressBits, isWithin, parseNetwork } from './address-bits.ts'

describe('an address', () => {
  it.each([
    ['0.0.0.0', 0xffff_0000_0000n],
    ['10.1.2.255', 0xffff_0a01_02ffn],
    ['::ffff:10.1.2.255', 0xffff_0a01_02ffn],
    ['::', 0n],
    ['::1', 1n],
    ['1::', 1n << 112n],
    ['fe80::1%eth0', (0xfe80n << 112n) | 1n],
    ['1:2:3:4:5:6:7:8', 0x0001_0002_0003_0004_0005_0006_0007_0008n],
    ['2001:DB8::a:b', 0x2001_0db8_0000_0000_0000_0000_000a_000bn],
  ])('%s is read', (text, bits) => {
    expect(addressBits(text)).toBe(bits)
  })

  it.each([
    '',
    'unknown',
    '10.1.2',
    '10.1.2.256',
    '10.1.2.3.4',
    '1e1.2.3.4',
    '1:2:3',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '1:2:3:4:5:6:7::8',
    ':1',
    '12345::',
    '_hidden',
    'g::',
  ])('%j is none', (text) => {
    expect(addressBits(text)).toBeUndefined()
  })
})

it.each([
  ['10.0.0.0/8', '10.255.0.1', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['10.0.0.0/8', '::ffff:10.0.0.1', true],
  ['10.0.0.7/32', '10.0.0.7', true],
  ['10.0.0.7/32', '10.0.0.6', false],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['2001:db8::/32', '2001:db8:ffff::1', true],
  ['2001:db8::/32', '2001:db9::1', false],
  ['::/0', '10.0.0.1', true],
])('%s holds %s: %s', (cidr, address, isHeld) => {
  expect(isWithin(addressBits(address) ?? -1n, parseNetwork(cidr))).toBe(isHeld)
})

it.each(['10.0.0.0', '10.0.0.0/33', 'x/8', '::/129', '::/', '10.0.0.0/-1'])('%s is no network', (cidr) => {
  expect(() => parseNetwork(cidr)).toThrow(RangeError)
})
