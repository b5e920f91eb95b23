import { expect, it } from 'vitest'
import { keyWarnings } from './key-warnings.ts'

it.each([
  ['/a/b', []],
  ['', []],
  ['/a ', ['blanks']],
  [' /a', ['blanks', 'bare']],
  ['/a//b', ['doubled']],
  ['a/b', ['bare']],
])('of %j is said %j', (key, warnings) => {
  expect(keyWarnings(key, '/')).toEqual(warnings)
})
