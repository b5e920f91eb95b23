import { expect, it } from 'vitest'
import { makeUlid } from './ulid.ts'

const filled = (byte: number) => (length: number) => new Uint8Array(length).fill(byte)

it.each([
  [0, 0x00, '00000000000000000000000000'],
  [1_469_918_176_385, 0x00, '01ARYZ6S410000000000000000'],
  [1_469_918_176_385, 0xff, '01ARYZ6S41ZZZZZZZZZZZZZZZZ'],
  [2 ** 48 - 1, 0xff, '7ZZZZZZZZZZZZZZZZZZZZZZZZZ'],
])('writes %i with bytes %i as %s', (now, byte, text) => {
  expect(makeUlid(now, filled(byte))).toBe(text)
})

it('sorts by time', () => {
  expect(makeUlid(1_000, filled(0xff)) < makeUlid(1_001, filled(0))).toBe(true)
})
