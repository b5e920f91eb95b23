import { describe, expect, it } from 'vitest'
import { admit } from './admit.ts'

describe('a parameter', () => {
  it.each(['text', '', 5, -1.5, 5n, null, new Uint8Array([1]), Buffer.from('x')])(
    'M19 may be %s',
    (value) => {
      expect(admit(value)).toBe(value)
    },
  )

  it.each([
    new Date(),
    { a: 1 },
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    true,
    ['a'],
    Symbol('a'),
    () => 1,
  ])('M19 SC-14 may not be %s', (value) => {
    expect(() => admit(value)).toThrow(TypeError)
  })
})
