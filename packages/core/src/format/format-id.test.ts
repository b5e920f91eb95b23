import { expect, it } from 'vitest'
import { formatId } from './format-id.ts'

it.each([
  ['10276657743932975437', '8e9e05c52164694d'],
  ['1', '0000000000000001'],
  ['18446744073709551615', 'ffffffffffffffff'],
  ['default', 'default'],
  ['', ''],
])('prints %s as %s', (id, text) => {
  expect(formatId(id)).toBe(text)
})
