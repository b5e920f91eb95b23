import { expect, it } from 'vitest'
import { selectedPart } from './selected-part.ts'

it.each([
  ['a\r\nb\r\nc', 0, 5, 'a\r\nb\r\nc'],
  ['a\r\nb\r\nc', 2, 5, 'b\r\nc'],
  ['a\r\nb\r\nc', 1, 2, '\r\n'],
  ['a\rb\nc\r\n', 0, 6, 'a\rb\nc\r\n'],
  ['\r\n\r\n', 1, 2, '\r\n'],
  ['', 0, 0, ''],
])('of %j, %i to %i in a text area is %j', (text, from, to, part) => {
  expect(selectedPart(text, from, to)).toBe(part)
})
