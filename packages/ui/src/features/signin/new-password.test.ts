import { expect, it } from 'vitest'
import { findFault } from './new-password.ts'

const policy = { minLength: 8, maxBytes: 1_024 }

it.each([
  ['1234567', 'too_short'],
  ['12345678', undefined],
  ['🔑🔑🔑🔑', 'too_short'],
  ['🔑🔑🔑🔑🔑🔑🔑🔑', undefined],
  ['the old one', 'unchanged'],
  ['x'.repeat(1_024), undefined],
  ['x'.repeat(1_025), 'too_long'],
  ['ß'.repeat(513), 'too_long'],
])('says of %s: %s', (next, fault) => {
  expect(findFault(next, 'the old one', policy)).toBe(fault)
})
