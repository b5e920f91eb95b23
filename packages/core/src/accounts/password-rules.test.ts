import { expect, it } from 'vitest'
import { judgePassword } from './password-rules.ts'

it.each([
  ['1234567', undefined, 'too_short'],
  ['12345678', undefined, undefined],
  ['😀😀😀😀😀😀😀', undefined, 'too_short'], // 14 units, 7 characters
  ['😀😀😀😀😀😀😀😀', undefined, undefined],
  ['same password', 'same password', 'unchanged'],
  ['Same password', 'same password', undefined],
  ['\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9', 'e\u0301'.repeat(8), undefined],
  ['short', 'short', 'too_short'],
])('judges %j after %j: %s', (password, old = 'another one', fault) => {
  expect(judgePassword(password, { minLength: 8, old })).toBe(fault)
})
