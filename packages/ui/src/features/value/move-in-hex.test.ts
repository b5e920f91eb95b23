import { expect, it } from 'vitest'
import { moveInHex, withDigit } from './move-in-hex.ts'

const plain = { ctrlKey: false, metaKey: false, altKey: false }

it.each([
  ['ArrowRight', 5, 6],
  ['ArrowRight', 39, 39],
  ['ArrowLeft', 0, 0],
  ['ArrowUp', 5, 5],
  ['ArrowUp', 21, 5],
  ['ArrowDown', 5, 21],
  ['ArrowDown', 30, 39],
  ['Home', 21, 16],
  ['End', 21, 31],
  ['End', 35, 39],
  ['PageDown', 5, 39],
  ['PageUp', 21, 0],
  ['a', 5, undefined],
  ['constructor', 5, undefined],
] as const)('%s leads from byte %i of 40 to %s', (key, from, to) => {
  expect(moveInHex({ ...plain, key }, { at: from, length: 40, width: 16 })).toBe(to)
})

it('with Ctrl, Home and End lead to the first and the last byte, and nothing else moves', () => {
  expect(moveInHex({ ...plain, key: 'End', ctrlKey: true }, { at: 5, length: 40, width: 16 })).toBe(39)
  expect(moveInHex({ ...plain, key: 'Home', ctrlKey: true }, { at: 21, length: 40, width: 16 })).toBe(0)
  expect(
    moveInHex({ ...plain, key: 'ArrowRight', ctrlKey: true }, { at: 21, length: 40, width: 16 }),
  ).toBeUndefined()
  expect(moveInHex({ ...plain, key: 'End' }, { at: 0, length: 0, width: 16 })).toBeUndefined()
})

it('a digit overwrites half a byte', () => {
  expect(withDigit(0x00, 'F', false)).toBe(0xf0)
  expect(withDigit(0xf0, '7', true)).toBe(0xf7)
  expect(withDigit(0xff, '0', false)).toBe(0x0f)
})
